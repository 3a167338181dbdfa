/** Starts programs, and waits for what they print. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"

/** A program that hangs is killed. */
const timeout = 30_000

const lastLines = (text) => text.trim().split("\n").slice(-15).join("\n")

/** Runs a program to its end, and returns what it prints. */
export const run = async (command, args, options = {}) => {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], timeout, ...options })
  const output = { stdout: "", stderr: "" }
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8").on("data", (chunk) => {
      output[name] += chunk
    })
  }
  const [status, signal] = await once(child, "close")
  if (status === 0) return output.stdout
  throw new Error(`${command} ended with ${status ?? signal}\n${lastLines(output.stdout)}\n${lastLines(output.stderr)}`)
}

/** Starts a program that goes on. `lines` are those that it prints, and `stop` ends it. */
export const start = (command, args, options = {}) => {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], ...options })
  const ended = once(child, "close")
  return {
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    stop: async () => {
      child.kill()
      await ended
    }
  }
}

/** The next line of a program. Fails if none comes. */
export const nextLine = async (lines) => {
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`it printed nothing within ${timeout / 1000} s`)), timeout).unref()
  })
  const { done, value } = await Promise.race([lines.next(), late])
  if (done) throw new Error("it ended early")
  return value
}
