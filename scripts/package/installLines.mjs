/**
 * Finds the install lines in the documents: what a reader copies into a terminal. Each has to name the major of a package, or the minor
 * of one below 1.0: npm's `latest` of Effect is a version that the library does not run on.
 */

/** The install lines of a text, each as the words that follow `npm install`. */
export const installLinesOf = (text) =>
  [...text.matchAll(/(?:^|`)npm (?:install|i) ([^`\n]+?)\s*(?:`|$)/gm)].map(([, words]) => words.split(/\s+/))

const isFlag = (word) => word.startsWith("-")

/** A package with its version: `effect@3`, `@effect/platform@0.97`. */
const versioned = /^((?:@[^@/]+\/)?[^@/]+)@(\d+)(\.\d+)*$/

/** What is wrong with a line, as sentences. `name` is the package itself, which needs no version. */
export const problemsOf = (words, name) =>
  words
    .filter((word) => !isFlag(word) && word !== name)
    .flatMap((word) => {
      const [, , major, minor] = versioned.exec(word) ?? []
      const line = `npm install ${words.join(" ")}`
      if (major === undefined) return [`\`${line}\`: ${word} has no version. Name its major, or its minor below 1.0.`]
      return major === "0" && minor === undefined ? [`\`${line}\`: ${word} is below 1.0. Name its minor.`] : []
    })

/** The words of a line, with the tarball in the place of the package. */
export const withTarball = (words, name, tarball) => words.map((word) => (word === name ? tarball : word))

/** Each line once, first those that install the package itself: a reader has it when another page adds to it. */
export const inOrder = (lines, name) => {
  const unique = [...new Map(lines.map((words) => [words.join(" "), words])).values()]
  return [...unique.filter((words) => words.includes(name)), ...unique.filter((words) => !words.includes(name))]
}
