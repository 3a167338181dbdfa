/** Every reader of foreign bytes, in groups. */
import { join, type Target } from "../target.js"
import { client, socket } from "./client.js"
import { schemas, shapes } from "./contracts.js"
import { credentials } from "./credentials.js"
import { events } from "./events.js"
import { gateway } from "./gateway.js"
import { heads } from "./heads.js"
import { json } from "./json.js"
import { multipart } from "./multipart.js"
import { parameters } from "./parameters.js"
import { policies } from "./policies.js"

export const targets: ReadonlyArray<Target> = [
  json,
  parameters,
  multipart,
  join("headers, hosts, addresses, proxies and policies", heads, policies),
  events,
  join("contracts: shapes and schemas", shapes, schemas),
  credentials,
  gateway,
  client,
  socket
]
