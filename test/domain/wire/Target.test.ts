import { assert, it } from "@effect/vitest"
import * as Target from "../../../src/domain/wire/Target.js"

it.each([
  ["/", "/", ""],
  ["/?Action=A&Limit=1", "/", "Action=A&Limit=1"],
  ["/?a=%2f+b?c=d", "/", "a=%2f+b?c=d"],
  ["/path?", "/path", ""],
  ["", "/", ""],
  ["http://cvm.tencentcloudapi.com/?Action=A", "/", "Action=A"],
  ["HTTPS://cvm.tencentcloudapi.com:443", "/", ""],
  ["http://cvm.tencentcloudapi.com?Action=A", "/", "Action=A"]
])("the target %j has the path %j and the query %j", (target, path, query) =>
  assert.deepStrictEqual(Target.parse(target), { path, query })
)
