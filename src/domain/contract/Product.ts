/**
 * A product: its actions, by name.
 *
 * @since 0.1.0
 */
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
 * A product. Each action is served under the product and version that it names itself; where two versions have an action of
 * the same name, each version is a value of its own, and a gateway serves them side by side.
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
 * What goes with a {@link Product}: its any-form, and what one is made from.
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
   * An action, or something that carries one, as a callable action does.
   *
   * @since 0.1.0
   * @category models
   */
  export type Member = Action.Action.Any | { readonly action: Action.Action.Any }

  /**
   * The action of a member.
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
 * Puts the actions of a product together. Its name is that of the first action's product.
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
