/** The files of undici that the client loads. undici has no types for them: `undici.ts` checks what it finds there. */

declare module "undici/lib/*" {
  const part: unknown
  export default part
}
