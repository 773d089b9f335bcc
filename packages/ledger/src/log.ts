/** What the ledger says of itself: one event a line. Never a secret, and entries only by index or leaf hash. */
export type Log = (event: LogEvent) => void

export interface LogEvent {
  event: string
  [field: string]: string | number | boolean
}

export const silent: Log = () => undefined
