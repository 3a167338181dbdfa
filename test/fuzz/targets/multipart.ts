import * as Either from "effect/Either"
import * as Multipart from "../../../src/domain/wire/Multipart.js"
import * as Grammar from "../grammar.js"
import { asBytes, bytesOf, holds, repeat, type Target } from "../target.js"

/** The first line is the content type, and the rest is the body. */
const read = (input: string) => {
  const end = input.indexOf("\n")
  const type = end < 0 ? input : input.slice(0, end)
  return Multipart.parse({ "content-type": type }, bytesOf(end < 0 ? "" : input.slice(end + 1)))
}

const textOf = (value: string | Uint8Array): string => (typeof value === "string" ? value : `bytes ${value.join()}`)

const check = (input: string): void => {
  const parsed = read(input)
  if (Either.isLeft(parsed)) return
  const parts = parsed.right.map(([name, value]) => [name, value] as const)
  holds(
    parts.every(([name]) => name !== ""),
    "every part has a name"
  )
  const boundary = "a-boundary-of-the-fuzzer-0123456789"
  const written = Multipart.format(parts, boundary)
  const again = Multipart.parse({ "content-type": `multipart/form-data; boundary=${boundary}` }, written)
  const show = (list: ReadonlyArray<Multipart.Part>) =>
    JSON.stringify(list.map(([name, value]) => [name.toWellFormed(), textOf(value)]))
  // Names that look like escapes read as what they say.
  if (parts.some(([name]) => name.includes("%"))) return
  holds(Either.isRight(again), "what is written can be read")
  holds(show(again.right) === show(parts), "what is written reads the same")
}

const head = "multipart/form-data; boundary=xyz\n"
const part = (name: string, body = "v", more = "") =>
  `--xyz\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${body}\r\n`

const typed = "\r\nContent-Type: application/octet-stream"

export const multipart: Target = {
  name: "multipart",
  tokens: [
    "--xyz",
    "--xyz--",
    "\r\n--xyz",
    "\r\n\r\n",
    '; name="',
    '; filename="x"',
    "; filename*=UTF-8''%e6%9c",
    "Content-Type: text/plain; charset=",
    "Content-Transfer-Encoding: base64",
    "boundary=",
    'boundary="',
    ";",
    "\\"
  ],
  generate: (random) => {
    const parts = Array.from({ length: random.int(4) }, () =>
      part(
        asBytes(Grammar.word(random)).replaceAll('"', "%22"),
        asBytes(Grammar.word(random)),
        random.pick(["", '; filename="x"', typed, `; filename="x"${typed}`, "\r\nX: y"])
      )
    )
    return `${head}${parts.join("")}--xyz--\r\n`
  },
  check,
  read: (input) => void read(input),
  growth: {
    "many parts": (size) => `${head}${repeat(part("a"), size)}--xyz--\r\n`,
    "many files": (size) => `${head}${repeat(part("a", "v", typed), size)}--xyz--\r\n`,
    "starts of boundaries": (size) => `${head}${part("a", repeat("\r\n--xy", size), typed)}--xyz--\r\n`,
    "starts of boundaries in a text": (size) => `${head}${part("a", repeat("\r\n--xy", size))}--xyz--\r\n`,
    "line ends": (size) => `${head}${part("a", repeat("\r\n", size))}--xyz--\r\n`,
    "line ends in a head": (size) => `${head}--xyz\r\n${repeat("a: b\r\n", size)}\r\nv\r\n--xyz--\r\n`,
    "a head without end": (size) => `${head}--xyz\r\na: ${repeat("b ", size)}`,
    "a long name": (size) => `${head}${part(repeat("%e6", size))}--xyz--\r\n`,
    "a boundary that repeats itself": (size) => `multipart/form-data; boundary=${"-".repeat(60)}\n${repeat("-", size)}`,
    "a long boundary": (size) => `multipart/form-data; boundary=${repeat("-", size / 2)}x\n${repeat("-", size / 2)}`,
    "parameters of the type": (size) => `multipart/form-data; ${repeat("a=b; ", size)}boundary=xyz\n--xyz--\r\n`,
    "spaces in the type": (size) => `multipart/form-data; boundary=${repeat(" ", size)}x"\n--xyz--\r\n`,
    "quotes in the type": (size) => `multipart/form-data; boundary="${repeat("\\", size)}\n--xyz--\r\n`,
    "nothing but the last boundary": (size) => `${head}${repeat("--xyz--\r\n", size)}`
  }
}
