/** The types of installLines.mjs, for the tests. */
export declare const installLinesOf: (text: string) => Array<Array<string>>
export declare const problemsOf: (words: ReadonlyArray<string>, name: string) => Array<string>
export declare const withTarball: (words: ReadonlyArray<string>, name: string, tarball: string) => Array<string>
export declare const inOrder: (lines: ReadonlyArray<ReadonlyArray<string>>, name: string) => Array<Array<string>>
