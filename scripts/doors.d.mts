/** The types of doors.mjs, for vitest.config.ts and for the checks that are written in TypeScript. */
interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly imports?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface Door {
  readonly name: string
  readonly specifier: string
  readonly source: string
}

export interface Twin {
  readonly specifier: string
  readonly sources: Readonly<Record<string, string>>
}

export declare const mostDoors: number
export declare const apart: ReadonlyArray<string>
export declare const doorsOf: (manifest: Manifest) => ReadonlyArray<Door>
export declare const twinsOf: (manifest: Manifest) => ReadonlyArray<Twin>
export declare const aliasesOf: (manifest: Manifest, root: string) => Array<{ find: RegExp; replacement: string }>
export declare const pathsOf: (manifest: Manifest, prefix?: string) => Readonly<Record<string, ReadonlyArray<string>>>
export declare const problemsOf: (root: string) => ReadonlyArray<string>
export declare const withPaths: (text: string, paths: Readonly<Record<string, ReadonlyArray<string>>>) => string
