/** Runs one attack in a process of its own, and reports what it found wrong with the gateway. */
import { setPriority } from "node:os"
import { attacks } from "./attacks.js"

setPriority(10)

const { index, millis, port }: { readonly index: number; readonly millis: number; readonly port: number } = JSON.parse(
  process.argv[2] ?? "{}"
)
const end = Date.now() + millis
const fault = await attacks[index]?.run(port, () => Date.now() >= end)
process.send?.({ fault }, () => process.exit())
