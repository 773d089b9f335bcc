import { BreakglassError } from '@breakglass/core/errors'

/** How many may wait for the one connection; more are refused, none is forgotten. */
export const waitersMax = 10_000
export const waitMsMax = 5_000

interface Waiter {
  begin: () => void
  timer: NodeJS.Timeout
}

/** One at a time, in the order they came. */
export class Turns {
  #taken = false
  readonly #waiting = new Set<Waiter>()

  /** @throws BreakglassError `store_unavailable` when too many wait, or one has waited too long */
  async take(): Promise<void> {
    if (!this.#taken) {
      this.#taken = true
      return
    }
    if (this.#waiting.size >= waitersMax) throw busy(`${waitersMax} wait for it already`)
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        begin: resolve,
        timer: setTimeout(() => {
          this.#waiting.delete(waiter)
          reject(busy(`it was not free for ${waitMsMax} ms`))
        }, waitMsMax),
      }
      this.#waiting.add(waiter)
    })
  }

  /** Hands over through the event loop, so that a long row of transactions lets requests and timers in between. */
  give(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#taken = false
      return
    }
    this.#waiting.delete(next)
    clearTimeout(next.timer)
    setImmediate(next.begin)
  }
}

function busy(why: string): BreakglassError {
  return new BreakglassError('store_unavailable', {
    message: `The database is busy: ${why}. Nothing was changed.`,
    data: { kind: 'busy' },
  })
}
