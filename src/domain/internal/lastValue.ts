/** Caches of the last value, for functions whose argument seldom changes. */

/** Caches the last value of a function. Arguments are compared by `===`. */
export const lastValue = <A, B>(compute: (argument: A) => B): ((argument: A) => B) => {
  let last: { readonly argument: A; readonly value: B } | undefined
  return (argument) => {
    if (last !== undefined && last.argument === argument) return last.value
    const value = compute(argument)
    last = { argument, value }
    return value
  }
}

/** Caches the last value of a function whose arguments are compared by `isSame`. It keeps the last argument. */
export const lastValueBy = <A, B>(
  isSame: (one: A, other: A) => boolean,
  compute: (argument: A) => B
): ((argument: A) => B) => {
  let last: { readonly argument: A; readonly value: B } | undefined
  return (argument) => {
    if (last !== undefined && isSame(last.argument, argument)) return last.value
    const value = compute(argument)
    last = { argument, value }
    return value
  }
}
