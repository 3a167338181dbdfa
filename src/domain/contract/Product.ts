/**
 * A product: a name, its versions, and its actions by name.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import type * as Action from "./Action.js"

/**
 * Marks a value as a product.
 *
 * @since 0.1.0
 * @category symbols
 */
export const TypeId: unique symbol = Symbol.for("effect-tencentcloud/Product")

/**
 * The type of the mark {@link TypeId}.
 *
 * @since 0.1.0
 * @category symbols
 */
export type TypeId = typeof TypeId

/**
 * A product. A gateway serves each action under the product and version that the action names itself. Two versions that have
 * an action of the same name are two values, which one gateway can serve side by side.
 *
 * @since 0.1.0
 * @category models
 */
export interface Product<Actions extends Action.Action.Any> {
  readonly [TypeId]: TypeId
  readonly name: string
  readonly versions: ReadonlyArray<string>
  readonly actions: { readonly [Name in Actions["name"]]: Extract<Actions, { readonly name: Name }> }
}

/**
 * Any {@link Product}, and the members that one is made from.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace Product {
  /**
   * Any product.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Any {
    readonly [TypeId]: TypeId
    readonly name: string
    readonly versions: ReadonlyArray<string>
    readonly actions: Readonly<Record<string, Action.Action.Any>>
  }

  /**
   * An action, or a value that has one, such as a callable action.
   *
   * @since 0.1.0
   * @category models
   */
  export type Member = Action.Action.Any | { readonly action: Action.Action.Any }

  /**
   * The type of a member's action.
   *
   * @since 0.1.0
   * @category models
   */
  export type ActionOf<M> = M extends { readonly action: infer A extends Action.Action.Any }
    ? A
    : M extends Action.Action.Any
      ? M
      : never
}

const actionOf = (member: Product.Member): Action.Action.Any => ("action" in member ? member.action : member)

/**
 * Returns whether a value is a product.
 *
 * @since 0.1.0
 * @category guards
 */
export const isProduct = (input: unknown): input is Product.Any => Predicate.hasProperty(input, TypeId)

/**
 * Makes a product out of its actions. The first action's product is its name.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <const Members extends readonly [Product.Member, ...ReadonlyArray<Product.Member>]>(
  members: Members
): Product<Product.ActionOf<Members[number]>> => {
  const actions = members.map(actionOf)
  return {
    [TypeId]: TypeId,
    name: actionOf(members[0]).product,
    versions: [...new Set(actions.map(({ version }) => version))],
    actions: Object.fromEntries(actions.map((action) => [action.name, action])) as Product<
      Product.ActionOf<Members[number]>
    >["actions"]
  }
}
