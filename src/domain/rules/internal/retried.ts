/** What a policy retries: a schedule cannot tell whether it ended because of an error, or because no retry was left. */

type Predicate = (error: never, call: never) => boolean

const predicates = new WeakMap<object, Predicate>()

/** Names the errors that a policy retries as long as it has retries. Returns the policy. */
export const nameRetried = <P extends object, E, C>(policy: P, isRetried: (error: E, call: C) => boolean): P => {
  predicates.set(policy, isRetried)
  return policy
}

/** The errors that a policy retries, if it has named them. */
export const retriedBy = <E, C>(policy: object): ((error: E, call: C) => boolean) | undefined =>
  // A policy sees errors and calls of one type each, so what it has named takes what it is asked about.
  predicates.get(policy) as ((error: E, call: C) => boolean) | undefined
