/** Help with an option or a member that is wrong: its value where that cannot be a secret, and the name that was meant. */
import type * as Issue from "../../../domain/errors/Issue.js"
import { nearest } from "../../../domain/internal/nearest.js"
import type { Options } from "./options.js"

/** The longest value that is shown. */
const maxLength = 100

/** A key that stands in the wrong place: a SecretId, or a long text of letters and digits. */
const looksLikeKey = (text: string): boolean => /AKID/.test(text) || /^[A-Za-z0-9+/=_]{24,}$/.test(text)

/** A URL may hold a password before its host, or a token in its query. */
const withoutLogin = (text: string): string => text.replace(/\/\/[^/@]*@/, "//<removed>@").replace(/[?#].*$/s, "")

/** The value of an option, as a message shows it. Undefined if it might be a secret. */
export const showOption = (value: unknown): string | undefined => {
  if (typeof value === "string") {
    const text = withoutLogin(value)
    if (looksLikeKey(text)) return undefined
    return `\`${text.length > maxLength ? `${text.slice(0, maxLength)}…` : text}\``
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value)
    const isChoice = entries.length === 1 && entries.every(([name]) => name === "site" || name === "region")
    const shown = isChoice ? showOption(entries[0]?.[1]) : undefined
    return shown === undefined ? undefined : `\`{ ${entries[0]?.[0]}: ${shown.slice(1, -1)} }\``
  }
  return typeof value === "function" || typeof value === "symbol" ? undefined : `\`${String(value)}\``
}

/** The names of all options. The type keeps them complete. */
const names = Object.keys({
  region: 0,
  language: 0,
  endpoint: 0,
  encoding: 0,
  signatureMethod: 0,
  unsignedPayload: 0,
  timeout: 0,
  deadline: 0,
  idleTimeout: 0,
  retry: 0,
  retryBudget: 0,
  rateLimit: 0,
  traceId: 0,
  check: 0,
  strict: 0,
  tracing: 0,
  propagateTrace: 0,
  callSite: 0,
  onRequest: 0,
  onResponse: 0,
  secrets: 0
} satisfies Record<keyof Options, 0>)

const known = new Set(names)

/** The options whose names are near to that of an option, and are none. Any other name may belong to the program. */
export const misspelt = (options: Options): ReadonlyArray<Issue.Issue> => {
  let issues: Array<Issue.Issue> | undefined
  for (const name in options) {
    if (known.has(name)) continue
    const meant = nearest(name, names)
    if (meant === undefined) continue
    issues ??= []
    issues.push({ kind: "unknown", path: [`options.${name}`], expected: "no such option", found: "", meant })
  }
  return issues ?? []
}

/** Adds to an issue about an unknown member the name that was meant, if the codec has not. */
export const withMeant = (issue: Issue.Issue, members: ReadonlyArray<string>): Issue.Issue => {
  const [name] = issue.path
  if (issue.kind !== "unknown" || issue.meant !== undefined || issue.path.length !== 1) return issue
  const meant = nearest(String(name), members)
  return meant === undefined ? issue : { ...issue, meant }
}
