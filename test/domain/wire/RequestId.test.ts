import { assert, describe, it } from "@effect/vitest"
import { isRequestId } from "../../../src/domain/wire/RequestId.js"

describe("isRequestId", () => {
  it.each(["eac6b301-a322-493a-8e36-83b295459397", "req_1", "1", "a".repeat(64)])("accepts %s", (value) =>
    assert.isTrue(isRequestId(value))
  )

  it.each(["", "a".repeat(65), "two words", "req-1\n", "<html>", "é", 1, null, undefined, ["req-1"], {}])(
    "rejects %j",
    (value) => assert.isFalse(isRequestId(value))
  )
})
