/** What the ready-made client for Node takes from the machine that it runs on: its key, its region and its endpoints. */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import type * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Endpoint from "../../../domain/wire/Endpoint.js"
import * as Region from "../../../domain/wire/Region.js"
import type * as ApiClient from "../../../services/client/ApiClient.js"
import * as EndpointSettings from "../../../services/client/internal/endpointSettings.js"
import * as CredentialProvider from "../CredentialProvider.js"
import * as NodeTransport from "../NodeTransport.js"
import * as Profile from "./credentials/profile.js"
import * as TextFile from "./credentials/textFile.js"
import * as Variable from "./credentials/variable.js"
import * as FetchTransport from "./fetchTransport.js"

/** In bytes. No answer with a key comes near it. */
const answerLimit = 64 * 1024

/**
 * The chain of places where a key can be. A program with a key in its environment does not load the rest of the chain.
 *
 * STS is asked as the products are, through a proxy where there is one. The metadata service is not: a proxy would answer for the
 * machine that the proxy runs on.
 */
export const makeSource: Effect.Effect<CredentialProvider.Source, ConfigError.ConfigError, Scope.Scope> = Effect.gen(
  function* () {
    const sts = yield* NodeTransport.make({ maxBodySize: answerLimit })
    const chain = yield* Effect.cached(
      Effect.flatMap(
        Effect.promise(() => import("./credentials/places.js")),
        (Places) =>
          Places.chain({
            readText: TextFile.fromNode,
            sts,
            metadata: FetchTransport.make({ maxBodySize: answerLimit })
          })
      )
    )
    const everywhere = Effect.flatMap(chain, ({ load }) => load)
    return {
      refreshable: true,
      load: Effect.matchEffect(Variable.first("TENCENTCLOUD_ROLE_ARN"), {
        onFailure: () => everywhere,
        onSuccess: (roleArn) =>
          Option.isSome(roleArn) ? everywhere : Effect.catchAll(CredentialProvider.environment.load, () => everywhere)
      })
    }
  }
)

/** A variable. A blank one counts as not set. */
const variable = (name: string) =>
  Config.map(
    Config.option(Config.string(name)),
    Option.filterMap((text) => (text.trim() === "" ? Option.none() : Option.some(text.trim())))
  )

const expectedRegion = "expected the name of a region, such as `ap-guangzhou`"

const checkRegion = (region: string, ...path: ReadonlyArray<string>) =>
  Region.isRegion(region) ? Effect.succeed(region) : Effect.fail(ConfigError.InvalidData([...path], expectedRegion))

const checkEndpoint = (text: string, setting: string): Either.Either<string, string> =>
  Either.mapBoth(Endpoint.fromString(text), {
    onLeft: (expected) => `${expected}, in ${setting}`,
    onRight: () => text
  })

/** The variable of a product: `TENCENTCLOUD_ENDPOINT_CVM`. */
const endpointVariable = (product: string): string =>
  `TENCENTCLOUD_ENDPOINT_${product.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`

const regionVariable = Effect.flatMap(variable("TENCENTCLOUD_REGION"), (found) =>
  Option.isNone(found) ? Effect.succeed(undefined) : checkRegion(found.value, "TENCENTCLOUD_REGION")
)

const endpointForAll = Effect.flatMap(variable("TENCENTCLOUD_ENDPOINT"), (found) =>
  Option.isNone(found)
    ? Either.right(undefined)
    : Either.mapBoth(Endpoint.fromString(found.value), {
        onLeft: (expected) => ConfigError.InvalidData(["TENCENTCLOUD_ENDPOINT"], `expected ${expected}`),
        onRight: () => found.value
      })
)

/** Looks a variable up where the program cannot wait. A provider that has to wait counts as one without the variable. */
const lookUp = (provider: ConfigProvider.ConfigProvider, name: string): string | undefined =>
  Exit.match(Effect.runSyncExit(provider.load(variable(name))), {
    onFailure: () => undefined,
    onSuccess: Option.getOrUndefined
  })

/** Chooses the endpoint of each product: its own variable, the one for all products, and then the profile. */
const endpointsOf = (
  provider: ConfigProvider.ConfigProvider,
  forAll: string | undefined,
  profile: Profile.Configuration
): ((product: string) => Endpoint.Choice) =>
  EndpointSettings.make((product) => {
    const name = endpointVariable(product)
    const own = lookUp(provider, name)
    if (own !== undefined) return checkEndpoint(own, name)
    if (forAll !== undefined) return Either.right(forAll)
    const configured = profile.endpointOf(product)
    return configured === undefined
      ? Either.right({ site: "product" })
      : checkEndpoint(configured, `the profile of \`tccli\`, as \`${product}.endpoint\``)
  })

/** The configuration of the profile that the environment names. */
const readProfile = Profile.choose({}).pipe(
  Effect.flatMap((choice) =>
    Effect.map(Profile.configuration(TextFile.fromNode, choice), (configuration) => ({
      name: choice.profile,
      configuration
    }))
  ),
  Effect.orElseSucceed(() => ({ name: "default", configuration: Profile.noConfiguration }))
)

/**
 * Adds to the options what the machine says about the region and the endpoints. The options come first, then the environment, then the
 * profile of the command line, `tccli`. Fails if a setting for all calls is invalid.
 */
export const complete = (options: ApiClient.Options = {}): Effect.Effect<ApiClient.Options, ConfigError.ConfigError> =>
  Effect.gen(function* () {
    if (options.region !== undefined && options.endpoint !== undefined) return options
    const region = options.region === undefined ? yield* regionVariable : undefined
    const forAll = options.endpoint === undefined ? yield* endpointForAll : undefined
    const { configuration, name } = yield* readProfile
    const ofProfile = configuration.region
    if (options.region === undefined && region === undefined && ofProfile !== undefined) {
      yield* checkRegion(ofProfile, `~/.tccli/${name}.configure`, "_sys_param", "region")
    }
    const provider = yield* Effect.configProviderWith(Effect.succeed)
    return {
      ...options,
      region: options.region ?? region ?? ofProfile,
      endpoint: options.endpoint ?? endpointsOf(provider, forAll, configuration)
    }
  })
