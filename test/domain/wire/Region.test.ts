import { assert, it } from "@effect/vitest"
import * as Region from "../../../src/domain/wire/Region.js"

it.each(["ap-guangzhou", "na-siliconvalley", "ap-shanghai-fsi", "eu-frankfurt", "ap-guangzhou-2"])(
  "%s is a region",
  (name) => assert.isTrue(Region.isRegion(name))
)

it.each([
  "",
  "guangzhou",
  "AP-Guangzhou",
  "ap_guangzhou",
  "ap-",
  "-ap",
  "ap--guangzhou",
  " ap-guangzhou",
  "ap-guangzhou\n",
  "ap-guangzhou\r\nX-Evil: 1",
  "ap-广州",
  `ap-${"x".repeat(62)}`
])("%j is no region", (name) => assert.isFalse(Region.isRegion(name)))
