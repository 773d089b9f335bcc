/** What the process gives: its clock, randomness, voice and end. Read in main.ts alone. */
export interface Host {
  /** Host and process, for people who look at who runs a job. */
  name: string
  nowMs: () => number
  random: () => number
  randomBytes: (length: number) => Uint8Array
  out: (line: string) => void
  /** One JSON object a line on stderr; never a secret. */
  log: (event: Record<string, unknown>) => void
  /** Settles when the process is asked to end, with the reason. */
  stopped: Promise<string>
}
