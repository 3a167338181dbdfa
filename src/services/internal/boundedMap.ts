/** A map that forgets its oldest entries. */

/**
 * A map with a capacity. Beyond it the oldest entry is forgotten: the one that was added first, or that nobody has used for longest
 * where the map is read by `use`.
 */
export class BoundedMap<K, V> {
  private readonly map = new Map<K, V>()
  /**
   * One iterator for all look-ups of the oldest entry: a new one passes over every entry that was deleted before. It is never at its
   * end, since each entry that it returns is deleted before the next one is needed.
   */
  private inOrder: MapIterator<[K, V]> = this.map.entries()
  private first: readonly [key: K, value: V] | undefined = undefined
  /** Entries that were deleted ahead of the iterator. V8 keeps memory for them until the iterator is renewed. */
  private deletedAhead = 0

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.map.size
  }

  get(key: K): V | undefined {
    return this.map.get(key)
  }

  /** Returns the value of a key, and makes its entry the newest. */
  use(key: K): V | undefined {
    const value = this.map.get(key)
    if (value !== undefined) {
      this.delete(key)
      this.map.set(key, value)
    }
    return value
  }

  /** Adds an entry, which is then the newest. An entry that is there keeps its place, and gets the value. */
  set(key: K, value: V): void {
    const { size } = this.map
    this.map.set(key, value)
    if (this.map.size > this.capacity) this.takeOldest()
    else if (this.map.size === size && this.first?.[0] === key) this.first = [key, value]
  }

  delete(key: K): void {
    if (!this.map.delete(key)) return
    if (this.first !== undefined && this.first[0] === key) {
      this.first = undefined
      return
    }
    this.deletedAhead += 1
    if (this.deletedAhead > this.map.size + 8) {
      this.deletedAhead = 0
      this.first = undefined
      this.inOrder = this.map.entries()
    }
  }

  /** Returns the oldest entry. */
  oldest(): readonly [key: K, value: V] | undefined {
    if (this.first === undefined && this.map.size > 0) this.first = this.inOrder.next().value
    return this.first
  }

  /** Deletes the oldest entry, and returns it. */
  takeOldest(): readonly [key: K, value: V] | undefined {
    const oldest = this.oldest()
    if (oldest !== undefined) this.delete(oldest[0])
    return oldest
  }

  /** All entries, the oldest first. */
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.map.entries()
  }
}
