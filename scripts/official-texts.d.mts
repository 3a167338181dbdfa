export const mergeTexts: (
  path: string,
  ours: string,
  theirs: string
) => { readonly text: string; readonly count: number }
