import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/TestClock"
import { ResourceInUse, ResourceNotFound } from "effect-tencentcloud/CommonError"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Table from "../../examples/tour/table.js"
import { type Row, summarize, tour, visit } from "../../examples/tour/tour.js"
import * as World from "../../examples/tour/world.js"
import * as Ebs from "../../examples/volumes/contract.js"
import { EbsLive } from "../../examples/volumes/handlers.js"
import * as State from "../../examples/volumes/state.js"
import * as Storage from "../../examples/volumes/storage.js"

/** The rows of the specification, in its order. */
const codes = [
  "AuthFailure.InvalidSecretId",
  "AuthFailure.MFAFailure",
  "AuthFailure.SecretIdNotFound",
  "AuthFailure.SignatureExpire",
  "AuthFailure.SignatureFailure",
  "AuthFailure.TokenFailure",
  "AuthFailure.UnauthorizedOperation",
  "DryRunOperation",
  "FailedOperation",
  "InternalError",
  "InvalidAction",
  "InvalidParameter",
  "InvalidParameterValue",
  "LimitExceeded",
  "MissingParameter",
  "NoSuchVersion",
  "RequestLimitExceeded",
  "ResourceInUse",
  "ResourceInsufficient",
  "ResourceNotFound",
  "ResourceUnavailable",
  "UnauthorizedOperation",
  "UnknownParameter",
  "UnsupportedOperation",
  "UnsupportedProtocol",
  "UnsupportedRegion",
  "InternalError.AsyncRequestError",
  "InvalidParameter"
]

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const assertComplete = (rows: ReadonlyArray<Row>): void => {
  assert.deepStrictEqual(
    rows.map(({ code }) => code),
    codes
  )
  assert.deepStrictEqual(
    rows.map(({ tag }) => tag),
    codes
  )
  assert.deepStrictEqual(
    rows.filter(({ cause, message, requestId }) => cause === "" || message === "" || !uuid.test(requestId)),
    []
  )
  assert.strictEqual(new Set(rows.map(({ code }) => code)).size, 27)
  for (const member of ["cause", "requestId"] as const) {
    assert.strictEqual(new Set(rows.map((row) => row[member])).size, 28)
  }
}

/** The tour provokes a defect, which the gateway logs. */
const silent = Logger.replace(Logger.defaultLogger, Logger.none)

/** Runs an example, and fails if its exit code is not 0. */
const run = (...args: ReadonlyArray<string>) =>
  Effect.promise(() =>
    promisify(execFile)(process.execPath, ["--import", "tsx", ...args], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      env: { PATH: process.env.PATH }
    })
  )

const row = (code: string, overrides: Partial<Row> = {}): Row => ({
  code,
  cause: "by a test",
  message: "It failed.",
  requestId: "ed93f3cb-f35e-473f-b9f3-0d451b8b79c6",
  tag: code,
  ...overrides
})

describe("the tour", () => {
  it.live("provokes every row of the specification, and handles each by the case of its own tag", () =>
    tour.pipe(Effect.map(assertComplete), Effect.provide(World.layer), Effect.provide(silent))
  )

  it.live("accepts no other code, no child of the code, and no success in place of the expected code", () =>
    Effect.gen(function* () {
      const rows = yield* visit(
        [
          Effect.fail(new ResourceInUse({ message: "in use" })),
          Effect.fail(new ResourceNotFound({ message: "gone" })),
          Effect.fail(new ResourceInUse({ message: "busy", code: "ResourceInUse.Disk" })),
          Effect.void
        ].map((provoke) => ({ error: ResourceInUse, cause: "by a test", provoke }))
      )
      assert.deepStrictEqual(
        rows.map(({ tag }) => tag),
        ["ResourceInUse", "", "", ""]
      )
    }).pipe(Effect.provide(World.layer))
  )

  it("exits with 0 if no row is missing", () => {
    assert.deepStrictEqual(summarize(codes.map((code) => row(code))), {
      text: "28 of 28 provoked, decoded and handled",
      exitCode: 0
    })
  })

  it("exits with 1 if a row is missing, and names it", () => {
    const rows = codes.map((code) => row(code, code === "ResourceInUse" ? { tag: "" } : {}))
    assert.deepStrictEqual(summarize(rows), {
      text: "27 of 28 provoked, decoded and handled; missing: ResourceInUse",
      exitCode: 1
    })
  })

  it.live("prints only the rows with --json, logs the defect, and shows no secret", () =>
    Effect.map(run("examples/tour/main.ts", "--json"), ({ stderr, stdout }) => {
      const rows: ReadonlyArray<Row> = JSON.parse(stdout)
      assertComplete(rows)
      for (const one of rows) {
        assert.deepStrictEqual(Object.keys(one), ["code", "cause", "message", "requestId", "tag"])
      }
      assert.include(stderr, "was opened without a price")
      assert.notInclude(stdout, "was opened without a price")
      assert.notInclude(stdout + stderr, "made-up")
    })
  )

  it.live("prints a table that ends with a summary, without escape codes into a pipe", () =>
    Effect.map(run("examples/tour/main.ts"), ({ stdout }) => {
      assert.strictEqual(stdout.trimEnd().split("\n").at(-1), "28 of 28 provoked, decoded and handled")
      assert.strictEqual(stdout.match(/✓/g)?.length, 28)
      assert.notInclude(stdout, "\u001b")
      assert.notInclude(stdout, "made-up")
    })
  )
})

describe("its table", () => {
  const long = row("AuthFailure.UnauthorizedOperation", { message: `${"word ".repeat(99)}${"x".repeat(200)}` })

  it("has at most 120 columns, and marks a message that it shortens", () => {
    const text = Table.format([long, row("InvalidParameter", { message: "x".repeat(200) })], Table.plain)
    assert.deepStrictEqual(
      text.split("\n").filter((line) => line.length > 120),
      []
    )
    assert.strictEqual(text.match(/…/g)?.length, 2)
    assert.include(text, long.requestId)
  })

  it("shows a missing row", () => {
    const text = Table.format([row("ResourceInUse", { tag: "" })], Table.plain)
    assert.include(text, "✗ missing")
    assert.notInclude(text, "✓")
  })

  it("has the same text with and without colours", () => {
    const coloured = Table.format([long, row("ResourceInUse", { tag: "" })], Table.colours)
    assert.include(coloured, "\u001b[32m✓ AuthFailure.UnauthorizedOperation\u001b[39m")
    assert.strictEqual(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes begin with one
      coloured.replaceAll(/\u001b\[\d+m/g, ""),
      Table.format([long, row("ResourceInUse", { tag: "" })], Table.plain)
    )
  })
})

describe("its product", () => {
  const Zone = "ap-guangzhou-3"
  const InstanceId = "ins-web"

  const TestLayer = InProcess.layer.pipe(
    Layer.provide(EbsLive),
    Layer.provide(
      Storage.layer(
        State.make({
          quota: 4,
          zones: { [Zone]: { free: 100, price: 0.002 } },
          instances: { [InstanceId]: { zone: Zone, hangs: false } }
        })
      )
    )
  )

  const test = <A, E>(name: string, body: Effect.Effect<A, E, Layer.Layer.Success<typeof TestLayer>>) =>
    it.effect(name, () =>
      TestClock.setTime(Date.UTC(2026, 0, 1)).pipe(Effect.zipRight(body), Effect.provide(TestLayer))
    )

  test(
    "resizes a volume with a task, and does not show its owner",
    Effect.gen(function* () {
      const { VolumeId } = yield* Ebs.CreateVolume({ Zone, Size: 20 })
      const { TaskId } = yield* Ebs.ResizeVolume({ VolumeId, Size: 50 })
      assert.strictEqual((yield* Ebs.DescribeTask({ TaskId })).Status, "RUNNING")
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Ebs.DescribeTask({ TaskId })).Status, "SUCCEEDED")
      const { RequestId: _, ...found } = yield* Ebs.DescribeVolumes({ VolumeIds: [VolumeId] })
      assert.deepStrictEqual(found, {
        TotalCount: 1,
        Volumes: [{ VolumeId, Zone, Size: 50, State: "AVAILABLE" }]
      })
    })
  )

  test(
    "does not change a volume that it cannot resize",
    Effect.gen(function* () {
      const { VolumeId } = yield* Ebs.CreateVolume({ Zone, Size: 20 })
      const { TaskId } = yield* Ebs.ResizeVolume({ VolumeId, Size: 200 })
      yield* TestClock.adjust("1 second")
      const failed = yield* Effect.flip(Ebs.DescribeTask({ TaskId }))
      assert.strictEqual(failed._tag, "InternalError.AsyncRequestError")
      const { Volumes } = yield* Ebs.DescribeVolumes({ Zone })
      assert.deepStrictEqual(Volumes, [{ VolumeId, Zone, Size: 20, State: "AVAILABLE" }])
    })
  )

  test(
    "reuses the space of a deleted volume for the next one",
    Effect.gen(function* () {
      const { VolumeId } = yield* Ebs.CreateVolume({ Zone, Size: 100 })
      const refused = yield* Effect.flip(Ebs.CreateVolume({ Zone, Size: 100 }))
      assert.strictEqual(refused._tag, "ResourceInsufficient")
      yield* Ebs.DeleteVolume({ VolumeId })
      assert.notStrictEqual((yield* Ebs.CreateVolume({ Zone, Size: 100 })).VolumeId, VolumeId)
    })
  )

  test(
    "deletes a volume after it is detached",
    Effect.gen(function* () {
      const { VolumeId } = yield* Ebs.CreateVolume({ Zone, Size: 20 })
      yield* Ebs.AttachVolume({ VolumeId, InstanceId })
      const refused = yield* Effect.flip(Ebs.DeleteVolume({ VolumeId }))
      assert.strictEqual(refused._tag, "ResourceInUse")
      yield* Ebs.DetachVolume({ VolumeId })
      yield* Ebs.DeleteVolume({ VolumeId })
      assert.strictEqual((yield* Ebs.DescribeVolumes()).TotalCount, 0)
    })
  )

  test(
    "enforces the quota for volumes that are created at the same time",
    Effect.gen(function* () {
      const results = yield* Effect.all(
        Array.from({ length: 6 }, () => Effect.either(Ebs.CreateVolume({ Zone, Size: 10 }))),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(results.map((result) => (Either.isLeft(result) ? result.left._tag : "created")).sort(), [
        "LimitExceeded",
        "LimitExceeded",
        "created",
        "created",
        "created",
        "created"
      ])
    })
  )
})

describe("the first call", () => {
  it.live("names the key that is not set, and counts the failure as handled", () =>
    Effect.map(run("examples/first-call.ts"), ({ stdout }) => {
      assert.include(stdout, "No credential to sign with")
      assert.include(stdout, "TENCENTCLOUD_SECRET_ID is not set")
    })
  )
})
