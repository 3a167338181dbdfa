/** The model of an error of the service, its classes, and the decoder of error answers. */
import type * as Cause from "effect/Cause"
import * as Predicate from "effect/Predicate"
import * as ErrorCode from "../ErrorCode.js"
import * as Printed from "./printedError.js"

/**
 * Marks a value as an error of the service.
 *
 * @since 0.1.0
 * @category symbols
 */
export const TypeId: unique symbol = Symbol.for("effect-tencentcloud/ApiError")

/**
 * The type of the mark {@link TypeId}.
 *
 * @since 0.1.0
 * @category symbols
 */
export type TypeId = typeof TypeId

/**
 * The details of an error, without its code.
 *
 * @since 0.1.0
 * @category models
 */
export interface Details {
  /** The service's own message, in the language that the call asks for. The error keeps it as its `reason`. */
  readonly message: string
  /** The RequestId of the answer, which Tencent Cloud's support asks for. Empty until the error has been on the wire. */
  readonly requestId?: string | undefined
  /** The product, as its host name writes it: `cvm`. */
  readonly product?: string | undefined
  /** The action: `RunInstances`. */
  readonly action?: string | undefined
  /** The region of the call: `ap-guangzhou`. */
  readonly region?: string | undefined
  /** The host that answered: `cvm.tencentcloudapi.com`. */
  readonly host?: string | undefined
  /** The cause, on the side that raised the error. It is never sent. */
  readonly cause?: unknown
}

/**
 * The fields of a new error.
 *
 * @since 0.1.0
 * @category models
 */
export interface Props<Code extends string> extends Details {
  /** The code on the wire, which is the class's own or one below it. Default: the class's own. */
  readonly code?: ErrorCode.Within<Code> | undefined
}

/**
 * An error of the service.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiError<Code extends string> extends Cause.YieldableError {
  readonly [TypeId]: TypeId
  readonly _tag: Code
  /** The code on the wire. It is below `_tag` if the action does not declare it: see {@link decoder}. */
  readonly code: ErrorCode.Within<Code>
  readonly category: ErrorCode.CategoryOf<Code>
  /**
   * What the error prints of itself after its code: the service's message on one line, and where the error comes from. An example is
   * `the disk is attached (cvm DescribeInstances, ap-guangzhou, RequestId …)`.
   */
  readonly message: string
  /** The service's own message, letter for letter. It is for people: no code should depend on it. */
  readonly reason: string
  /** Empty until the error has been on the wire. */
  readonly requestId: string
  /** Empty if the error is not of a call. */
  readonly product: string
  /** Empty if the error is not of a call. */
  readonly action: string
  readonly region?: string | undefined
  readonly host?: string | undefined
}

/**
 * The class of a code.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiErrorClass<Code extends string> {
  new (props: Props<Code>): ApiError<Code>
  readonly code: Code
  readonly family: ErrorCode.Family<Code>
  readonly category: ErrorCode.CategoryOf<Code>
}

/**
 * Any {@link ApiError}, and any class of one.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace ApiError {
  /**
   * Any error of the service.
   *
   * @since 0.1.0
   * @category models
   */
  export type Any = ApiError<string>

  /**
   * Any class of such errors.
   *
   * @since 0.1.0
   * @category models
   */
  export interface AnyClass {
    new (props: Props<never>): Any
    readonly code: string
    readonly family: string
    readonly category: ErrorCode.Category
  }
}

/** An error that the service answers with. Its message is for the reader, and its `reason` is what the service wrote. */
abstract class AnswerError extends Printed.PrintedError {
  declare readonly reason: string
  declare readonly requestId: string
  declare readonly region?: string | undefined
  declare readonly host?: string | undefined

  constructor({ message, ...details }: Details, code: string) {
    super(Object.assign(details, { code, reason: message, requestId: details.requestId ?? "" }))
  }

  override get message(): string {
    return Printed.line(this, this.reason)
  }
}

/**
 * Makes the class of a code. Its instances are errors whose `_tag` is the code.
 *
 * @example
 * ```ts
 * import { ApiError } from "effect-tencentcloud/ApiError"
 *
 * class DiskBusy extends ApiError("ResourceInUse.DiskBusy") {}
 *
 * const error = new DiskBusy({ message: "disk-1 is attached" })
 * error._tag // "ResourceInUse.DiskBusy"
 * error.category // "conflict"
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const ApiError = <const Code extends string>(code: Code): ApiErrorClass<Code> => {
  class Coded extends AnswerError {
    static readonly code = code
    // Computed on use: a product has hundreds of classes, and a program fails with few of them.
    static get family() {
      return ErrorCode.family(code)
    }
    static get category() {
      return ErrorCode.categoryOf(code)
    }
    declare readonly code: ErrorCode.Within<Code>
    readonly _tag = code
    constructor(props: Props<Code>) {
      super(props, props.code ?? code)
    }
    get [TypeId](): TypeId {
      return TypeId
    }
    get category() {
      return ErrorCode.categoryOf(code)
    }
  }
  return Coded
}

/**
 * Returns whether a value is an error of the service.
 *
 * @since 0.1.0
 * @category guards
 */
export const isApiError = (input: unknown): input is ApiError.Any => Predicate.hasProperty(input, TypeId)

/**
 * An error answer: the contents of its envelope, and what the reader knows about the call.
 *
 * @since 0.1.0
 * @category models
 */
export interface Answer extends Details {
  readonly code: string
}

/**
 * An error whose code is of no known family. Its `code` is the whole code, and it prints itself under that code.
 *
 * @since 0.1.0
 * @category models
 */
export class UnrecognizedError extends AnswerError {
  readonly _tag = "UnrecognizedError" as const
  declare readonly code: string
  constructor(answer: Answer) {
    super(answer, answer.code)
  }
  override get name(): string {
    return this.code === "" ? this._tag : this.code
  }
  /** The family of the code. */
  get family(): string {
    return ErrorCode.family(this.code)
  }
  /** The category, which the form of the code decides. */
  get category(): ErrorCode.Category {
    return ErrorCode.categoryOf(this.code)
  }
}

/**
 * Makes a function that turns an error answer into an instance of one of the classes.
 *
 * A code becomes an instance of its own class, or else of the nearest class above it, whose `.code` is then the whole code.
 * If there is no such class, it becomes an {@link UnrecognizedError}. If two classes have the same code, the first one counts.
 *
 * @example
 * ```ts
 * import { decoder } from "effect-tencentcloud/ApiError"
 * import { InvalidParameterValue } from "effect-tencentcloud/CommonError"
 *
 * const decode = decoder([InvalidParameterValue])
 *
 * const error = decode({ code: "InvalidParameterValue.Zone", message: "no such zone", requestId: "" })
 * error._tag // "InvalidParameterValue"
 * error.code // "InvalidParameterValue.Zone"
 * ```
 *
 * @since 0.1.0
 * @category decoding
 */
export const decoder = <C extends ApiError.AnyClass>(
  classes: Iterable<C>
): ((answer: Answer) => InstanceType<C> | UnrecognizedError) => {
  const byCode = new Map<string, C>()
  for (const errorClass of classes) {
    if (!byCode.has(errorClass.code)) byCode.set(errorClass.code, errorClass)
  }
  return (answer) => {
    for (const code of ErrorCode.lineage(answer.code)) {
      const errorClass = byCode.get(code)
      if (errorClass !== undefined) {
        // True: `errorClass.code` is in the lineage of `answer.code`.
        const ErrorClass = errorClass as unknown as new (props: Answer) => InstanceType<C>
        return withoutStack(() => new ErrorClass(answer))
      }
    }
    return withoutStack(() => new UnrecognizedError(answer))
  }
}

/** The stack of a decoded error would only show where the answer was read, and costs a lot: docs/performance.md, P14. */
const withoutStack = <A>(make: () => A): A => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = limit
  }
}
