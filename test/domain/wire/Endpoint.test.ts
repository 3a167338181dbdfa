import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FC from "effect/FastCheck"
import * as Endpoint from "effect-tencentcloud/Endpoint"
import * as Host from "../../../src/domain/wire/Host.js"

it.each([
  ["cvm", undefined, "cvm.tencentcloudapi.com"],
  ["cvm", "ap-guangzhou", "cvm.ap-guangzhou.tencentcloudapi.com"]
])("the endpoint of %s in %s", (product, region, host) => {
  assert.deepStrictEqual(Endpoint.ofProduct(product, region), { protocol: "https", host })
  assert.deepStrictEqual(Endpoint.fromString(host), Either.right(Endpoint.ofProduct(product, region)))
  assert.deepStrictEqual(Host.parse(host), { label: product, region, isPublic: true })
})

describe("a text", () => {
  it.each([
    ["cvm.tencentcloudapi.com", "https", "cvm.tencentcloudapi.com"],
    ["https://cvm.tencentcloudapi.com/", "https", "cvm.tencentcloudapi.com"],
    ["CVM.TencentCloudAPI.com", "https", "cvm.tencentcloudapi.com"],
    ["http://127.0.0.1:9140", "http", "127.0.0.1:9140"],
    ["localhost:9140", "https", "localhost:9140"],
    ["http://[::1]:9140", "http", "[::1]:9140"],
    ["my_host", "https", "my_host"],
    // A default port is not sent in `Host`, so it is not signed either.
    ["https://a.example:443", "https", "a.example"],
    ["a.example:443", "https", "a.example"],
    ["http://a.example:80", "http", "a.example"],
    ["http://a.example:443", "http", "a.example:443"],
    ["https://a.example:80", "https", "a.example:80"],
    ["a.example:65535", "https", "a.example:65535"],
    // Nor is another spelling of an address.
    ["https://a.example:0443", "https", "a.example"],
    ["127.1:9140", "https", "127.0.0.1:9140"],
    ["http://0x7f.0.0.1", "http", "127.0.0.1"],
    ["http://[0:0:0:0:0:0:0:1]:9140", "http", "[::1]:9140"]
  ] as const)("%s is an endpoint", (text, protocol, host) =>
    assert.deepStrictEqual(Endpoint.fromString(text), Either.right({ protocol, host }))
  )

  it.each([
    "",
    " ",
    "/",
    "https://",
    "ftp://a.example",
    "https://user:hunter2@a.example",
    "https://a.example/path",
    "https://a.example?query",
    "a.example#",
    "a.example:",
    "a.example:0",
    "a.example:65536",
    "a.example:http",
    "a example",
    "-a.example",
    "a.example.",
    "a.example\r\nX-Evil: 1",
    "广州.example",
    // No URL can contain these.
    "256.1.1.1",
    "1.2.3.4.5",
    "a.1",
    "[::g]",
    "[1.2.3.4]"
  ])("%j is no endpoint, and the fault quotes nothing", (text) =>
    assert.deepStrictEqual(
      Endpoint.fromString(text),
      Either.left("a host name such as `cvm.tencentcloudapi.com`, with `http://` or `https://` and a port where needed")
    )
  )

  it.prop(
    "formats and parses to the same endpoint",
    [FC.domain(), FC.integer({ min: 1, max: 65535 }), FC.constantFrom("http", "https")],
    ([name, port, protocol]) => {
      const endpoint = Either.getOrThrow(Endpoint.fromString(`${protocol}://${name}:${port}`))
      assert.deepStrictEqual(Endpoint.fromString(`${endpoint.protocol}://${endpoint.host}`), Either.right(endpoint))
    }
  )
})

it.prop("every endpoint is the host of a URL", [FC.stringMatching(/^[a-zA-Z0-9_.:[\]-]{1,12}$/)], ([text]) => {
  const endpoint = Either.getOrUndefined(Endpoint.fromString(text))
  if (endpoint !== undefined) assert.strictEqual(new URL(`https://${endpoint.host}`).host, endpoint.host)
})

it.each([
  ["CVM.tencentcloudapi.com", "cvm", undefined, true],
  ["cvm.tencentcloudapi.com:8443", "cvm", undefined, true],
  ["cvm.intl.tencentcloudapi.com", "cvm", undefined, true],
  ["cvm.internal.tencentcloudapi.com", "cvm", undefined, true],
  ["cvm.ap-shanghai-fsi.tencentcloudapi.com", "cvm", "ap-shanghai-fsi", true],
  ["127.0.0.1:9140", "127", undefined, false],
  ["localhost:9140", "localhost", undefined, false],
  ["cvm.ap-guangzhou.example.com", "cvm", undefined, false],
  ["cvm.tencentcloudapi.com.example.com", "cvm", undefined, false],
  ["cvm.eviltencentcloudapi.com", "cvm", undefined, false],
  ["", "", undefined, false]
])("the host %s names %s and %s", (host, label, region, isPublic) =>
  assert.deepStrictEqual(Host.parse(host), { label, region, isPublic })
)
