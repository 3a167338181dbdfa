// undici has no types for its own files. `undici.ts` checks what it finds in them.

declare module "undici/lib/*" {
  const part: unknown
  export default part
}
