/** What holds over transports that are effects holds over those that a function begins, which a call takes another way. */
import { vi } from "vitest"

vi.mock("../../fixtures/ScriptedTransport.js", async (original) => {
  const fixture = await original<typeof import("../../fixtures/ScriptedTransport.js")>()
  return { ...fixture, layer: fixture.layerBegun }
})

await import("./ApiClient.test.js")
await import("./failover.test.js")
await import("./telemetry.test.js")
