import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FC from "effect/FastCheck"
import * as Multipart from "../../../src/domain/wire/Multipart.js"

const boundary = "x3f0b6d8a9c14e27"
const headers = (boundary: string) => ({ "content-type": `multipart/form-data; boundary=${boundary}` })

/** Bytes as text that can be compared, whichever class they are of. */
const comparable = (parts: ReadonlyArray<Multipart.Part>) =>
  parts.map(([name, value]) =>
    typeof value === "string" ? { name, value } : { name, hex: Buffer.from(value).toString("hex") }
  )

const read = (body: Uint8Array | string, of: Readonly<Record<string, string>> = headers(boundary)) =>
  Either.map(Multipart.parse(of, typeof body === "string" ? Buffer.from(body) : body), comparable)

const assertRoundTrip = (parts: ReadonlyArray<Multipart.Part>) =>
  assert.deepStrictEqual(read(Multipart.format(parts, boundary)), Either.right(comparable(parts)))

describe("parts come back unchanged", () => {
  /** Everything that a careless parser reads as the end of a part. */
  const alike = FC.constantFrom(
    "\r\n",
    "\r",
    "\n",
    "--",
    `--${boundary.slice(0, -1)}`,
    `\r\n--${boundary.slice(0, -1)}`,
    boundary.slice(1),
    "\0"
  )
  const text = FC.array(FC.oneof(alike, FC.string({ unit: "grapheme" })), { maxLength: 8 }).map((pieces) =>
    pieces.join("")
  )
  const bytes = FC.array(
    FC.oneof(
      alike.map((piece) => Buffer.from(piece)),
      FC.uint8Array()
    ),
    { maxLength: 8 }
  ).map((pieces) => Buffer.concat(pieces))
  /** Everything that ends a name or its header too early. */
  const sharp = FC.constantFrom(
    '"',
    "\\",
    "%",
    "%22",
    "%2522",
    "%zz",
    ";",
    "=",
    "\r\n",
    "\t",
    "\0",
    "\x7f",
    "\ufeff",
    "\u00fc"
  )
  const name = FC.array(FC.oneof(sharp, FC.string({ unit: "grapheme", maxLength: 5 })), { maxLength: 6 })
    .map((pieces) => pieces.join(""))
    .filter((name) => name !== "" && name.isWellFormed())
  const part = FC.tuple(FC.oneof(FC.stringMatching(/^[A-Za-z_][\w.]{0,20}$/), name), FC.oneof(text, bytes))

  it.prop("whatever they contain", [FC.array(part, { maxLength: 5 })], ([parts]) => {
    FC.pre(!parts.some((part) => part.some((piece) => Buffer.from(piece).includes(`--${boundary}`))))
    assertRoundTrip(parts)
  })

  it.each<[string, ReadonlyArray<Multipart.Part>]>([
    ["no part at all", []],
    [
      "empty ones",
      [
        ["Text", ""],
        ["Bytes", new Uint8Array()]
      ]
    ],
    [
      "one name twice",
      [
        ["A", "1"],
        ["A", "2"]
      ]
    ],
    ["`__proto__`", [["__proto__", "1"]]],
    ["every byte", [["Bytes", Uint8Array.from({ length: 256 }, (_, byte) => byte)]]],
    [
      "a megabyte",
      [
        ["Bytes", new Uint8Array(1 << 20).fill(13)],
        ["Text", "x".repeat(500_000)]
      ]
    ]
  ])("%s", (_, parts) => assertRoundTrip(parts))
})

it("a name cannot end its header", () => {
  const body = Buffer.from(Multipart.format([['a"\r\nX-Evil: 1', "1"]], boundary)).toString()
  assert.include(body, 'name="a%22%0D%0AX-Evil: 1"\r\n')
})

it("a name that is no valid text can be written", () =>
  assert.deepStrictEqual(
    read(Multipart.format([["\ud800", "1"]], boundary)),
    Either.right([{ name: "\ufffd", value: "1" }])
  ))

it("a name of common characters is written as it is", () => {
  const name = "Filters.0.Values_1-a b!#$&'()*+,/:;<=>?@[]^`{|}~"
  assert.include(Buffer.from(Multipart.format([[name, "1"]], boundary)).toString(), `name="${name}"\r\n`)
})

it("reads what a browser writes", () =>
  assert.deepStrictEqual(
    read(
      `--${boundary}\r\nContent-Disposition: form-data; name="a%22%0D%0Ab %FF 100%"\r\n\r\n1\r\n--${boundary}--\r\n`
    ),
    Either.right([{ name: 'a"\r\nb %FF 100%', value: "1" }])
  ))

it("reads what the official Python client writes", () =>
  assert.deepStrictEqual(
    read(
      [
        `--${boundary}`,
        'Content-Disposition: form-data; name="Image"; filename="Image"',
        "",
        "\x01\x02",
        `--${boundary}`,
        'Content-Disposition: form-data; name="Tags"',
        "Content-Type: application/json",
        "",
        '["a"]',
        `--${boundary}`,
        'Content-Disposition: form-data; name="Name"',
        "",
        "disk",
        `--${boundary}--`,
        ""
      ].join("\r\n")
    ),
    Either.right([
      { name: "Image", hex: "0102" },
      { name: "Tags", value: '["a"]' },
      { name: "Name", value: "disk" }
    ])
  ))

describe("a body that does not match its headers is malformed:", () => {
  const body = Buffer.from(
    Multipart.format(
      [
        ["A", "1"],
        ["B", Buffer.from("2")]
      ],
      boundary
    )
  ).toString()
  const part = (header: string) => `--${boundary}\r\n${header}\r\n\r\n1\r\n--${boundary}--\r\n`

  it.each([
    ["an empty body", "", headers(boundary)],
    ["JSON", '{"A":1}', headers(boundary)],
    ["no content type", body, {}],
    ["another content type", body, { "content-type": "application/json" }],
    ["no boundary", body, { "content-type": "multipart/form-data" }],
    ["another boundary", body, headers("another")],
    ["no last boundary", body.slice(0, body.lastIndexOf(`--${boundary}`)), headers(boundary)],
    ["a last boundary that breaks off", body.slice(0, -3), headers(boundary)],
    ["a part without a name", part("Content-Disposition: form-data"), headers(boundary)],
    ["a part with an empty name", part('Content-Disposition: form-data; name=""'), headers(boundary)],
    ["a part without a Content-Disposition", part("Content-Type: text/plain"), headers(boundary)],
    ["a header with a control character", part('Content-Dis\0position: form-data; name="A"'), headers(boundary)]
  ])("%s", (_, body, headers) => assert.deepStrictEqual(read(body, headers), Either.left("malformed")))

  it.prop("a truncated body", [FC.nat(body.length - 3)], ([length]) =>
    assert.deepStrictEqual(read(body.slice(0, length)), Either.left("malformed"))
  )

  it.prop(
    "and never makes the reader throw",
    [FC.nat(body.length), FC.nat(5), FC.string({ unit: FC.constantFrom(...'\r\n-:;="ax\0') })],
    ([at, removed, added]) =>
      assert.isTrue(Either.isEither(read(`${body.slice(0, at)}${added}${body.slice(at + removed)}`)))
  )
})
