const minuteMs = 60_000

/** A token bucket: a minute's worth at once, and as much again each minute, evenly. */
export class Bucket {
  #perMinuteMax: number
  #level: number
  #atMs: number

  constructor(perMinuteMax: number, nowMs: number) {
    this.#perMinuteMax = perMinuteMax
    this.#level = perMinuteMax
    this.#atMs = nowMs
  }

  get perMinuteMax(): number {
    return this.#perMinuteMax
  }

  /** Another bound, without a new minute for free. */
  resize(perMinuteMax: number): void {
    this.#perMinuteMax = perMinuteMax
    this.#level = Math.min(this.#level, perMinuteMax)
  }

  /** How long until there is `amount`, ms; 0: it can be taken. Never, when it is more than a minute's worth. */
  waitMs(amount: number, nowMs: number): number {
    if (amount > this.#perMinuteMax) return Number.POSITIVE_INFINITY
    this.#fill(nowMs)
    return Math.max(0, ((amount - this.#level) / this.#perMinuteMax) * minuteMs)
  }

  take(amount: number): void {
    this.#level -= amount
  }

  #fill(nowMs: number): void {
    // A clock that went back has earned nothing, and starts from where it is now.
    const passedMs = Math.max(0, nowMs - this.#atMs)
    this.#level = Math.min(this.#perMinuteMax, this.#level + (passedMs / minuteMs) * this.#perMinuteMax)
    this.#atMs = nowMs
  }
}
