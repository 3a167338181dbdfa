/** The import rules of the project, as tables: `npm run architecture` enforces them. ARCHITECTURE.md says what each room is for. */

export interface Table {
  readonly rooms: ReadonlyArray<readonly [room: string, mayImport: ReadonlyArray<string>]>
  readonly outside: Readonly<Record<string, "doors" | "doors and internals">>
  readonly lines: Readonly<Record<string, number>>
  readonly functionLines: number
  readonly sentences: ReadonlyArray<string>
}

export const architecture: Table = {
  /**
   * The rooms of src, from the lowest to the highest. A room may import itself, and the rooms that its row names: a name means
   * the folders in it too. Who may import a room may import its `internal/`. A row names only rooms above it in this table, so
   * that no import can go upwards, and the client's wing and the gateway's know nothing of each other.
   */
  rooms: [
    ["domain/internal", []],
    ["domain/errors", ["domain/internal"]],
    ["domain/wire", ["domain/internal", "domain/errors"]],
    ["domain/rules", ["domain/internal", "domain/errors", "domain/wire"]],
    ["domain/contract", ["domain/internal", "domain/errors", "domain/wire", "domain/rules"]],

    ["services/internal", ["domain"]],
    ["services/telemetry", ["domain", "services/internal"]],
    ["services/client", ["domain", "services/internal", "services/telemetry"]],
    ["services/gateway", ["domain", "services/internal", "services/telemetry"]],
    ["services/catalogue", ["domain", "services"]],

    ["layers/client", ["domain", "services/internal", "services/telemetry", "services/client"]],
    ["layers/gateway", ["domain", "services/internal", "services/telemetry", "services/gateway"]],
    ["layers/catalogue", ["domain", "services", "layers"]],

    // Generated. They import nothing internal.
    ["products", ["domain", "services"]]
  ],

  /** What lies outside src imports the library by its doors. A test may also reach a file that has none, by its relative path. */
  outside: { examples: "doors", bench: "doors", test: "doors and internals" },

  /** The most lines that a hand-written file may have, by folder. */
  lines: { src: 450, scripts: 450, test: 700 },

  /** The most lines that a function in src or scripts may have, the functions in it included. */
  functionLines: 80,

  /** Files that may be longer: they are tables of sentences. */
  sentences: ["src/domain/rules/Message.ts"]
}
