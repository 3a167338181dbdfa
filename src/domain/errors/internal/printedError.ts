/** How a failure of a call prints itself: in one line, and without a secret. */
import * as Data from "effect/Data"
import { NodeInspectSymbol } from "effect/Inspectable"
import type { Category } from "../ErrorCode.js"

/** Where a failure comes from. A member is absent while nobody knows it. */
export interface Place {
  readonly product?: string | undefined
  readonly action?: string | undefined
  readonly region?: string | undefined
  readonly host?: string | undefined
  readonly requestId?: string | undefined
}

/** What else is known of a failure, such as the number of attempts. Beside the errors, so that those with the same fields stay equal. */
const notes = new WeakMap<object, string>()

/** Adds a clause to the printed form of an error: `after 4 attempts`. A second one replaces the first. */
export const setNote = (error: object, note: string): void => {
  notes.set(error, note)
}

/** Puts a text on one line. A service can write anything into its message: line breaks, and codes that move a terminal's cursor. */
export const onOneLine = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  text.replace(/[\u0000-\u0020\u007f-\u009f\u2028\u2029]+/g, " ").trim()

/** A sentence, and what is known about its call in parentheses. `shown` are the parts that the sentence has already. */
export const line = (error: Place, sentence: string, shown: ReadonlyArray<keyof Place> = ["host"]): string => {
  const part = (name: keyof Place): string => (shown.includes(name) ? "" : onOneLine(error[name] ?? ""))
  const [region, requestId] = [part("region"), part("requestId")]
  const about = [
    [part("product"), part("action")].filter((text) => text !== "").join(" "),
    region,
    part("host"),
    requestId === "" ? "" : `RequestId ${requestId}`,
    notes.get(error) ?? ""
  ].filter((text) => text !== "")
  const text = onOneLine(sentence)
  return about.length === 0 ? text : `${text}${text === "" ? "" : " "}(${about.join(", ")})`
}

/**
 * A failure that prints itself. Its message is computed when somebody reads it: most failures are handled by their tag, and nobody
 * reads their message.
 */
export abstract class PrintedError extends Data.Error<Place> {
  abstract readonly code: string
  abstract readonly category: Category
  /** The product of the call, as its host name writes it: `cvm`. Empty if the error is not of a call. */
  declare readonly product: string
  /** The action of the call. Empty if the error is not of a call. */
  declare readonly action: string

  static {
    // Most errors have their own. An error without a call has none in its fields.
    Object.assign(PrintedError.prototype, { product: "", action: "" })
  }

  /** The code. */
  override get name(): string {
    return this.code
  }

  /** The fields, and the printed form as `message`. */
  override toJSON(): unknown {
    return {
      ...(super.toJSON() as object),
      code: this.code,
      category: this.category,
      message: String(this)
    }
  }

  override [NodeInspectSymbol](): unknown {
    // Node shows the cause of an error, and its fields. Without a cause, the line says it all.
    return this.cause === undefined ? this.stack || String(this) : this
  }
}

/** The class of a failure of the client itself: its code is its tag. */
export const tagged = <const Tag extends string, const C extends Category>(
  tag: Tag,
  category: C
): (new <A extends object>(
  fields: A
) => PrintedError & { readonly _tag: Tag; readonly code: Tag; readonly category: C } & Readonly<A>) => {
  abstract class Tagged extends PrintedError {
    readonly _tag = tag
    get code(): Tag {
      return tag
    }
    get category(): C {
      return category
    }
  }
  // The fields of a subclass become members of its instances: see `Data.Error`.
  return Tagged as never
}
