/** Our own record of what our run of one gate said of one commit, for a stretch of time; without an end, until now. */
export interface OwnRun {
  commit: string
  state: 'passed' | 'opened' | 'waived' | 'failed_open' | 'not_green'
  /** Of which grant, waiver or window. */
  by?: string | undefined
  from: number
  to?: number | undefined
}

/** What was posted as our run of one gate, as the forge confirmed it. */
export interface Posted {
  commit: string
  at: number
  conclusion?: string | undefined
  externalId: string
}

/** Our record from what was posted: each holds until the next one of its commit. */
export function ownRunsOf(posted: readonly Posted[]): OwnRun[] {
  return [...Map.groupBy(posted, ({ commit }) => commit).values()].flatMap(same => {
    const inOrder = same.toSorted((a, b) => a.at - b.at)
    return inOrder.map((each, i): OwnRun => {
      const to = inOrder[i + 1]?.at
      return { commit: each.commit, ...stateOf(each), from: each.at, ...(to === undefined ? {} : { to }) }
    })
  })
}

const states = new Map<string, OwnRun['state']>([
  ['grant', 'opened'],
  ['waiver', 'waived'],
  ['window', 'failed_open'],
])

function stateOf({ conclusion, externalId }: Posted): Pick<OwnRun, 'state' | 'by'> {
  if (conclusion !== 'success') return { state: 'not_green' }
  const [, kind, by] = /^(grant|waiver|window):(.+)$/.exec(externalId) ?? []
  return { state: kind === undefined ? 'passed' : (states.get(kind) ?? 'not_green'), by }
}

export type Own =
  | { is: OwnRun['state']; by?: string | undefined }
  /** Nothing was posted on these commits. */
  | { is: 'none' }
  /** We were down then, or the record is not whole. */
  | { is: 'unknown' }

const order: OwnRun['state'][] = ['passed', 'waived', 'opened', 'failed_open', 'not_green']

/**
 * What our record says of a commit when it landed. The forge tells that instant in whole seconds, so within that second whatever
 * speaks for the change counts.
 */
export function ownAt(runs: readonly OwnRun[] | 'unknown', commit: string, at: number): Own {
  if (runs === 'unknown') return { is: 'unknown' }
  const then = runs.filter(run => run.commit === commit && isThen(run, at))
  const best = then.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))[0]
  return best ? { is: best.state, by: best.by } : { is: 'none' }
}

/** A red run that was posted in the same second may have been posted on what had just landed. */
const isThen = ({ state, from, to }: OwnRun, at: number): boolean =>
  from <= (state === 'not_green' ? at : at + 999) && (to === undefined || to > at)

/** Of several changes in one landing, the worst: a queue is green only if each of them is. */
export function worstOf(owns: readonly Own[]): Own {
  const ranks: Own['is'][] = ['not_green', 'none', 'unknown', 'failed_open', 'opened', 'waived', 'passed']
  return owns.toSorted((a, b) => ranks.indexOf(a.is) - ranks.indexOf(b.is))[0] ?? { is: 'none' }
}
