/** What the commands need of the world they run in. Only `main.ts` makes a real one. */
export interface Host {
  /** Milliseconds since 1970. */
  now: () => number
  random: (bytes: number) => Uint8Array
  /** A line each, without its end. */
  out: (line: string) => void
  err: (line: string) => void
  /** Calls back once when the process is asked to end: a signal, or the launcher's channel closing. */
  onStop: (stop: (why: string) => void) => void
}

/** Exit statuses. */
export const exit = { ok: 0, no: 1, usage: 2, fatal: 70 } as const
