/** Declares the files of undici, which have no types of their own. `undici.ts` checks what it finds in them. */

declare module "undici/lib/*" {
  const part: unknown
  export default part
}
