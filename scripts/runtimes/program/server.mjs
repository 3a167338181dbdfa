/**
 * Runs the gateway in Node: once by itself, and once at the origin of a page. Prints the addresses in a line, and what the page reports
 * in the next. Ends with its standard input.
 */
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { Readable } from "node:stream"
import * as Effect from "effect/Effect"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import * as WebGateway from "effect-tencentcloud/WebGateway"
import { keys, Live } from "./served.mjs"

const print = (value) => console.log(JSON.stringify(value))

const listen = async (server) => {
  await once(server.listen(0, "127.0.0.1"), "listening")
  return `http://127.0.0.1:${server.address().port}`
}

/** An address where nobody listens. */
const unused = async () => {
  const server = createServer()
  const url = await listen(server)
  server.close()
  return url
}

const toRequest = (message, url) =>
  new Request(`${url}${message.url}`, {
    method: message.method,
    headers: Object.entries(message.headersDistinct).flatMap(([name, values]) => values.map((value) => [name, value])),
    ...(message.method === "GET" ? {} : { body: Readable.toWeb(message), duplex: "half" })
  })

const static_ = {
  "/": ["text/html", '<!doctype html><script type="module" src="/page.js"></script>'],
  "/page.js": ["text/javascript", readFileSync(new URL("./page.js", import.meta.url))]
}

/** Serves the page, its key, and at every other address the gateway. */
const servePage = async (handle, refused) => {
  const server = createServer(async (message, response) => {
    const [type, content] = (message.method === "GET" && static_[message.url]) || []
    if (content !== undefined) return response.writeHead(200, { "content-type": type }).end(content)
    if (message.url === "/key") return response.end(JSON.stringify({ key: keys.temporary, refused }))
    if (message.url === "/done") {
      print(await new Response(Readable.toWeb(message)).json())
      return response.end()
    }
    const answer = await handle(toRequest(message, url))
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    return answer.body === null ? response.end() : Readable.fromWeb(answer.body).pipe(response)
  })
  const url = await listen(server)
  return url
}

const program = Effect.gen(function* () {
  const { url } = yield* NodeGateway.serve()
  const handle = yield* WebGateway.make
  const refused = yield* Effect.promise(unused)
  const page = yield* Effect.promise(() => servePage(handle, refused))
  print({ url, page, refused })
  yield* Effect.promise(() => once(process.stdin.resume(), "end"))
})

await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(Live)))
process.exit()
