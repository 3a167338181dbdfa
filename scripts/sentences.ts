/**
 * Splits a Markdown text into its sentences, and counts their words. A heading, a code block and the separator
 * line of a table are no sentences. A list item and a cell of a table end a sentence. A code span, a link's address and `{@link …}` are one word.
 */

export interface Sentence {
  readonly line: number
  readonly words: number
  readonly text: string
}

/** A paragraph, an item or a cell: text in which a sentence may go over the end of a line. */
interface Block {
  readonly line: number
  readonly text: string
}

const fence = /^ {0,12}(```+|~~~+)/
const listItem = /^ *(?:[-*+]|\d+[.)]) +/
const heading = /^ {0,3}#{1,6} /
const tableRow = /^ *\|/
const separator = /^[ |:-]+$/
const definition = /^ {0,3}\[[^\]]+\]: /

/** A line of a table as its cells. A bar in a code span is part of the cell. */
const cellsOf = (line: string): ReadonlyArray<string> =>
  line
    .replace(/`[^`]*`/g, (code) => code.replaceAll("|", "¦"))
    .split(/(?<!\\)\|/)
    .filter((cell) => cell.trim() !== "")

/** Collects blocks from lines: text continues in the next line until something ends it. */
class Blocks {
  readonly found: Array<Block> = []
  private line = 0
  private lines: Array<string> = []

  add(line: number, text: string): void {
    if (this.lines.length === 0) this.line = line
    this.lines.push(text)
  }

  end(): void {
    if (this.lines.length > 0) this.found.push({ line: this.line, text: this.lines.join("\n") })
    this.lines = []
  }

  alone(line: number, text: string): void {
    this.end()
    this.add(line, text)
    this.end()
  }

  get isOpen(): boolean {
    return this.lines.length > 0
  }
}

/** Blanks everything that is no text, but keeps its lines, so that the line numbers stay right. */
const withoutComments = (markdown: string): string =>
  markdown.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, " "))

const blocksOf = (markdown: string, firstLine: number): ReadonlyArray<Block> => {
  const blocks = new Blocks()
  let openFence: string | undefined
  let isInList = false
  for (const [index, raw] of withoutComments(markdown).split("\n").entries()) {
    const line = firstLine + index
    const mark = fence.exec(raw)?.[1]
    if (openFence !== undefined) {
      if (mark?.startsWith(openFence)) openFence = undefined
      continue
    }
    const text = raw.replace(/^ *> ?/, "")
    // In a list, indented text belongs to its item.
    const isIndentedCode = /^ {4}/.test(text) && !isInList && !blocks.isOpen
    if (mark !== undefined) {
      blocks.end()
      openFence = mark
    } else if (isIndentedCode) {
    } else if (text.trim() === "" || heading.test(text) || definition.test(text)) {
      blocks.end()
      if (text.trim() !== "") isInList = false
    } else if (tableRow.test(text)) {
      blocks.end()
      if (!separator.test(text)) for (const cell of cellsOf(text)) blocks.alone(line, cell)
    } else if (listItem.test(text)) {
      blocks.end()
      isInList = true
      blocks.add(line, text.replace(listItem, ""))
    } else {
      if (!blocks.isOpen && !text.startsWith(" ")) isInList = false
      blocks.add(line, text)
    }
  }
  blocks.end()
  return blocks.found
}

/** Makes one word of a span, and keeps its line ends. */
const oneWord = (text: string): string => text.replace(/\s+/g, "␣") + "\n".repeat(text.split("\n").length - 1)

/** Plain words: no markup, and one word for each span that a reader reads as one. */
const plain = (text: string): string =>
  text
    .replace(/(`+)([\s\S]*?[^`])\1(?!`)/g, oneWord)
    .replace(/\{@\w+[^}]*\}/g, oneWord)
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\[([^\]]*)\]\[[^\]]*\]/g, "$1")
    .replace(/<?https?:\/\/[^\s>)]*[^\s>).,;:]>?/g, "address")
    .replace(/\*\*|__|(?<!\w)[*_]|[*_](?!\w)/g, "")

/** The end of a sentence. The next text has to look like a beginning, so "e.g. this" and "v3.0 that" are no ends. */
const sentenceEnd = /(?<!\b(?:e\.g|i\.e|cf|vs|etc))[.!?…]["')\]]*\s+(?=["'([]*[A-Z0-9`{\p{Lo}])/gu

const isWord = (token: string): boolean => /[\p{L}\p{N}`]/u.test(token)

const shorten = (text: string): string => {
  const line = text.replace(/[\s␣]+/g, " ").trim()
  return line.length <= 90 ? line : `${line.slice(0, 89)}…`
}

/** The sentences of a text, with the line that each begins in. */
export const sentencesOf = (markdown: string, firstLine = 1): ReadonlyArray<Sentence> =>
  blocksOf(markdown, firstLine).flatMap((block) => {
    const text = plain(block.text)
    const ends = [...text.matchAll(sentenceEnd)].map(({ 0: { length }, index }) => index + length)
    return [0, ...ends].flatMap((start, index) => {
      const sentence = text.slice(start, ends[index])
      const words = sentence.split(/\s+/).filter(isWord).length
      const line = block.line + text.slice(0, start).split("\n").length - 1
      return words === 0 ? [] : { line, words, text: shorten(sentence) }
    })
  })

/** The sentences of a docstring. A tag begins a new one, and is no word of it; an example is code. */
export const sentencesOfDocstring = (comment: string, firstLine = 1): ReadonlyArray<Sentence> => {
  const lines = comment
    .replace(/^\/\*\*/, "")
    .replace(/\*\/$/, "")
    .split("\n")
    .map((line) => line.replace(/^ *\* ?/, ""))
    // An empty line in the place of the tag would move the others: the tag becomes a list item, which ends what was before.
    .map((line) => line.replace(/^@(since|category|default)\b.*/, "").replace(/^@\w+ ?/, "- "))
  return sentencesOf(lines.join("\n"), firstLine)
}
