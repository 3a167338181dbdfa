/** How long a connection has been idle, and may be. */

/** How much earlier than its server a client gives an idle connection up, and the longest that it keeps one, in milliseconds. */
const ahead = 2000
const longest = 600_000

/**
 * Measures by clocks how long a connection has been idle, at the moment when somebody wants it. A timer is not enough: a process that was
 * frozen runs its next call before its timers, and what is in between has forgotten the connection meanwhile.
 */
export class IdleTime {
  private allowed: number
  private header: string | undefined = undefined
  private sinceMonotonic = 0
  private sinceWall = 0

  /** In milliseconds, if the server does not say. */
  constructor(private readonly usual: number) {
    this.allowed = usual
  }

  /** Takes over what a server says in its header `Keep-Alive`: `timeout=5`. */
  allow(header: string | undefined): void {
    if (header === this.header) return
    this.header = header
    const seconds = /timeout=(\d{1,9})\b/i.exec(header ?? "")?.[1]
    this.allowed = seconds === undefined ? this.usual : Math.min(Number(seconds) * 1000 - ahead, longest)
  }

  start(): void {
    this.sinceMonotonic = performance.now()
    this.sinceWall = Date.now()
  }

  /** Whether the connection has been idle for longer than it may. The monotonic clock stands still while a machine sleeps. */
  get isOver(): boolean {
    return performance.now() - this.sinceMonotonic >= this.allowed || Date.now() - this.sinceWall >= this.allowed
  }
}
