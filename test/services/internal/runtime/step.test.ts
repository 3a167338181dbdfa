import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as Fibers from "../../../../src/services/internal/runtime/fiber.js"
import * as Step from "../../../../src/services/internal/runtime/step.js"

type Program = Effect.Effect<number, string>

const outcome = FastCheck.oneof(
  Arbitrary.make(Schema.Int).map((value): Exit.Exit<number, string> => Exit.succeed(value)),
  FastCheck.constantFrom("a", "b").map((error): Exit.Exit<number, string> => Exit.fail(error)),
  FastCheck.constantFrom("c", "d").map((defect): Exit.Exit<number, string> => Exit.die(defect))
)

/** The same outcome as a plain effect, and as every kind of effect that a step may meet. */
const program = FastCheck.tuple(
  outcome,
  FastCheck.constantFrom("exit", "step", "step of a step", "effect", "asynchronous")
).map(([exit, kind]): { readonly plain: Program; readonly stepped: Program } => {
  const plain = Effect.suspend(() => exit)
  switch (kind) {
    case "exit":
      return { plain, stepped: exit }
    case "step":
      return { plain, stepped: Step.make(() => exit) }
    case "step of a step":
      return { plain, stepped: Step.make(() => Step.make(() => exit)) }
    case "effect":
      return { plain, stepped: plain }
    default:
      return { plain, stepped: Effect.zipRight(Effect.yieldNow(), exit) }
  }
})

const plus = (other: Program) => (value: number) => Effect.map(other, (one) => one * 31 + value)

const told = (exit: Exit.Exit<number, string>): Effect.Effect<string> =>
  Effect.succeed(Exit.isSuccess(exit) ? `${exit.value}` : Cause.pretty(exit.cause))

/** Runs a function with the context of the fiber that runs the test. */
const inContext = <A, E>(use: (context: Step.StepContext<never>) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Fibers.withFiber((fiber) => use({ fiber, context: Context.empty() }))

const same = <A, E>(one: Effect.Effect<A, E>, other: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* Effect.exit(one), yield* Effect.exit(other))
  })

describe("a step", () => {
  it.effect("does nothing until it runs, and runs once for each run", () =>
    Effect.gen(function* () {
      let runs = 0
      const step = Step.make(() => Effect.succeed(++runs))
      assert.strictEqual(runs, 0)
      assert.deepStrictEqual([yield* step, yield* step], [1, 2])
    })
  )

  it.effect.prop("ends as the plain effect does", [program], ([{ plain, stepped }]) => same(stepped, plain))

  it.effect.prop("advances to an exit or to an effect that ends the same", [program], ([{ plain, stepped }]) =>
    same(
      inContext((context) => Step.advance(stepped, context)),
      plain
    )
  )

  it.effect.prop("obeys Effect.flatMap", [program, program], ([first, second]) =>
    Effect.gen(function* () {
      const expected = Effect.flatMap(first.plain, plus(second.plain))
      yield* same(Step.flatMap(first.stepped, plus(second.stepped)), expected)
      yield* same(
        inContext((context) => Step.flatMapNow(context, first.stepped, plus(second.stepped))),
        expected
      )
    })
  )

  it.effect.prop("obeys Effect.flatMap for two effects in order", [program, program], ([first, second]) =>
    same(
      Step.flatMap2(first.stepped, second.stepped, (one, other) => Effect.succeed(one - other)),
      Effect.flatMap(first.plain, (one) => Effect.map(second.plain, (other) => one - other))
    )
  )

  it.effect.prop("obeys Effect.zipRight", [program, program], ([first, second]) =>
    Effect.gen(function* () {
      const expected = Effect.zipRight(Effect.asVoid(first.plain), second.plain)
      yield* same(
        Step.andThen(
          Step.flatMap(first.stepped, () => Effect.void),
          second.stepped
        ),
        expected
      )
      assert.strictEqual(Step.andThen(Effect.void, second.stepped), second.stepped)
    })
  )

  it.effect.prop("obeys Effect.exit", [program], ([{ plain, stepped }]) =>
    Effect.gen(function* () {
      const expected = Effect.flatMap(Effect.exit(plain), told)
      yield* same(Step.matchExit(stepped, told), expected)
      yield* same(
        inContext((context) => Step.matchExitNow(context, () => stepped, told)),
        expected
      )
    })
  )

  it.effect("turns a throw into a defect, of a step as of the function that makes it", () =>
    Effect.gen(function* () {
      const thrown = new Error("thrown")
      const fail = (): never => {
        throw thrown
      }
      const step = Step.make<number, string>(fail)
      assert.deepStrictEqual(yield* Effect.exit(step), Exit.die(thrown))
      for (const make of [fail, () => step, () => Step.make(() => step)]) {
        const advanced = yield* Effect.exit(
          inContext((context) => Step.tryAdvance<number, string, never>(make, context))
        )
        assert.deepStrictEqual(advanced, Exit.die(thrown))
        const matched = yield* inContext((context) =>
          Step.matchExitNow<number, string, never, string, never, never>(context, make, told)
        )
        assert.include(matched, "thrown")
      }
    })
  )

  it.effect("finds its services and its clock in the fiber that runs it", () =>
    Effect.gen(function* () {
      class Name extends Context.Tag("Name")<Name, string>() {}
      yield* TestClock.setTime(1234)
      const step = Step.service(Name, (name) => Step.withMillis((millis) => Effect.succeed(`${name} at ${millis}`)))
      assert.strictEqual(yield* Effect.provideService(step, Name, "one"), "one at 1234")
    })
  )
})
