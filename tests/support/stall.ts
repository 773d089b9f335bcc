/** A point where a test holds the code under test: `await stall.here()` inside, `await stall.reached` and `stall.go()` outside. */
export interface Stall {
  here(): Promise<void>
  reached: Promise<void>
  go(): void
}

/** Holds only the first who comes; later ones (a retry) pass. */
export function stall(): Stall {
  const reached = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  return {
    here() {
      reached.resolve()
      return gone.promise
    },
    reached: reached.promise,
    go: gone.resolve,
  }
}
