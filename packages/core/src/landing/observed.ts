/** What opened a gate for a push, a deployment or an operation, as the point that stood there told it. */
export interface Opened {
  gate: string
  opens: 'pass' | 'grant' | 'waiver' | 'pass_when_unavailable'
  /** The `sid` of the grant, the receipt, the waiver or the window; of a use, the grant's own id. */
  evidence?: string | undefined
}

/** One thing that was told of a move of a ref, once (docs/landings.md "Observations"). */
export interface Observed {
  id: string
  /** `advance` was not allowed by the hook, `confirmed` was. */
  kind: 'allowed' | 'advance' | 'confirmed' | 'ci'
  /** Commits; empty where there was or is nothing. */
  before: string
  after: string
  /** Event time, ms. */
  at: number
  point: string
  opened: readonly Opened[]
  /** Of an advance: the gates that were gone around; absent: whatever was in force. */
  around?: readonly string[]
  /** A pseudonym of whoever pushed, where the hook knows. */
  pusher?: string
}

/** In the order they happened; of one instant, by id, so that there is only one order. */
export const inOrder = (a: Pick<Observed, 'at' | 'id'>, b: Pick<Observed, 'at' | 'id'>): number =>
  a.at - b.at || (a.id < b.id ? -1 : Number(a.id > b.id))

/** Each once. */
export function distinct(observed: readonly Observed[]): Observed[] {
  return [...new Map(observed.map(one => [one.id, one])).values()].toSorted(inOrder)
}
