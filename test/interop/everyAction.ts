/**
 * Every action of the catalogue, between our client and our gateway, in one process: what it is asked, what it answers, and each code
 * that it declares. The files beside this one take a part of the products each, so that they run side by side.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/TestClock"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as ApiError from "effect-tencentcloud/ApiError"
import * as Catalogue from "effect-tencentcloud/Catalogue"
import * as Emulator from "effect-tencentcloud/Emulator"
import * as FaultInjector from "effect-tencentcloud/FaultInjector"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import { products } from "effect-tencentcloud/products"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as Sample from "../../src/domain/contract/Sample.js"
import * as Shape from "../../src/domain/contract/Shape.js"
import type { Member } from "../../src/services/catalogue/ProductAction.js"

const now = Date.UTC(2026, 0, 1)
const region = "ap-guangzhou"

const tableOf = (codec: object): Shape.Table => Shape.of(codec) ?? assert.fail("no shape")

/** The code that the next call fails with. A rule for each of 247,731 codes would be asked at each call. */
let injected: string | undefined

const InjectorLive = Layer.succeed(FaultInjector.FaultInjector, {
  decide: () =>
    Effect.sync(() => (injected === undefined ? [] : [{ fault: FaultInjector.error(injected), afterHandler: false }]))
})

/** Serves what is offline, too, so that it can be asked. */
const online = (source: Gateway.Source): Gateway.Source => ({
  ...source,
  find: (...at) =>
    Effect.map(source.find(...at), (route) => route && { ...route, action: { ...route.action, offline: false } })
})

const serve = (make: (source: Gateway.Source) => Gateway.Source) =>
  InProcess.layer.pipe(
    Layer.provide(
      Gateway.handlersFromSource(Effect.map(Catalogue.Catalogue, (catalogue) => make(Emulator.make(catalogue))))
    ),
    Layer.provide([InjectorLive, RateLimiter.layerUnlimited]),
    // What is deprecated is said in the log.
    Layer.provideMerge(Logger.remove(Logger.defaultLogger))
  )

const call = ({ action }: Member, request: unknown) => ApiClient.call(action, request as never)

/** A sampled request passes its own check, and its answer is the sampled response. */
const asked = (member: Member) =>
  Effect.gen(function* () {
    const { action, paging } = member
    const { product } = action
    injected = undefined
    const sampled = Sample.request(tableOf(action.request), { seed: action.name, now, region, product })
    // The client would fill in another one.
    const request = action.request.members.includes("ClientToken") ? { ...sampled, ClientToken: "token" } : sampled
    const encoded: Either.Either<unknown, unknown> = action.request.encode(request as never, "request")
    assert.deepStrictEqual(encoded, Either.right(request), action.name)
    const { RequestId, ...response } = (yield* call(member, request)) as { readonly RequestId: string }
    const expected = Sample.response(tableOf(action.response), { seed: 0, now, region, product, request, paging })
    assert.deepStrictEqual<unknown>(response, expected, action.name)
    assert.isNotEmpty(RequestId)
  })

/** Each code that it declares arrives as its own class. */
const provoked = (member: Member) =>
  Effect.gen(function* () {
    const { errors, name, product, request } = member.action
    const least = Sample.request(tableOf(request), { seed: name, now, region, product, optional: "none" })
    for (const Declared of errors) {
      injected = Declared.code
      const error = yield* Effect.flip(call(member, least))
      if (!ApiError.isApiError(error)) return assert.fail(`${name}: ${Declared.code} arrived as ${error._tag}`)
      assert.strictEqual<unknown>(error.constructor, Declared, `${name}: ${Declared.code} arrived as ${error._tag}`)
      assert.deepStrictEqual<unknown>([error._tag, error.code, error.action], [Declared.code, Declared.code, name])
    }
  })

const refused = (member: Member) =>
  Effect.gen(function* () {
    injected = undefined
    const { name, product, request } = member.action
    const error = yield* Effect.flip(
      call(member, Sample.request(tableOf(request), { seed: name, now, region, product }))
    )
    assert.strictEqual(error._tag, "ActionOffline", name)
  })

const all = Object.entries(products).flatMap(([product, versions]) =>
  Object.keys(versions).map((version) => ({ product, version }))
)

/** No second of real time is waited for: this is for a machine that is slow. */
const timeout = 600_000

export const prove = (part: number, parts: number) =>
  describe.each(all.filter((_, index) => index % parts === part))("$product $version", ({ product, version }) => {
    const modules = Catalogue.layer({ [product]: { [version]: products[product]?.[version] ?? assert.fail() } })

    const each = (
      of: (member: Member) => boolean,
      prove: (member: Member) => Effect.Effect<void, unknown, ApiClient.ApiClient>
    ) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        const { actions } = yield* Effect.flatten((yield* Catalogue.Catalogue).product(product, version))
        yield* Effect.forEach(Object.values(actions).filter(of), prove, { discard: true })
      })

    it.effect(
      "returns a possible response for every action",
      () => each(() => true, asked).pipe(Effect.provide(serve(online)), Effect.provide(modules)),
      timeout
    )

    it.effect(
      "fails with the class of every code that an action declares",
      () => each(() => true, provoked).pipe(Effect.provide(serve(online)), Effect.provide(modules)),
      timeout
    )

    it.effect(
      "rejects actions that are offline",
      () =>
        each(({ action }) => action.offline, refused).pipe(
          Effect.provide(serve((source) => source)),
          Effect.provide(modules)
        ),
      timeout
    )
  })
