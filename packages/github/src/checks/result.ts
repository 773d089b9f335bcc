import type { ReviewTold } from '../events/told.ts'

/** What the real check says of one commit. Only `passed` is a pass. */
export interface Result {
  is: 'passed' | 'failed' | 'could_not_run' | 'skipped' | 'waiting' | 'absent' | 'unread'
  /** One line for people, without a full stop. */
  words: string
}

/** One run, or one commit status, of the name that a gate mirrors. */
export interface MirroredRun {
  id: string
  name: string
  /** Whoever set it: the id of the app, or of the sender of a status. */
  by?: string | undefined
  kind: 'check' | 'status'
  status: string
  conclusion?: string | undefined
  /** When it was completed; of a status, when it was set. */
  at?: number | undefined
}

/**
 * The runs as they were at an instant, out of what is listed later: a check that was completed only afterwards was not done yet, and a
 * status that was set afterwards was not there. The forge's instants are whole seconds. What has no time was not there.
 */
export function runsAsOf(runs: readonly MirroredRun[], at: number): MirroredRun[] {
  const isThere = (run: MirroredRun) => run.at !== undefined && run.at <= at + 999
  return runs.flatMap((run): MirroredRun[] => {
    if (isThere(run)) return [run]
    return run.kind === 'check' ? [{ ...run, status: 'in_progress', conclusion: undefined }] : []
  })
}

const ofStatus = new Map<string, Result['is']>([
  ['success', 'passed'],
  ['failure', 'failed'],
  ['error', 'could_not_run'],
  ['pending', 'waiting'],
])

const ofCheck = new Map<string, Result['is']>([
  ['success', 'passed'],
  ['failure', 'failed'],
  ['neutral', 'skipped'],
  ['skipped', 'skipped'],
  ['cancelled', 'could_not_run'],
  ['timed_out', 'could_not_run'],
  ['action_required', 'could_not_run'],
  ['startup_failure', 'could_not_run'],
  ['stale', 'could_not_run'],
])

/** The worst first: where several say different things, none is left out. */
const order: Result['is'][] = ['failed', 'could_not_run', 'waiting', 'skipped', 'passed']

/**
 * The result of the mirrored check on one commit. Of several runs of one name by one app the latest counts; of several apps, and of a check
 * beside a status of the same name, the worst, as GitHub has it where both are required. A conclusion that is new to us
 * is no pass.
 */
export function resultOfRuns(check: string, runs: readonly MirroredRun[] | 'unread', app?: string): Result {
  if (runs === 'unread') return { is: 'unread', words: `${check} could not be read` }
  const named = runs.filter(({ name, by }) => name === check && (app === undefined || by === app))
  const latest = [...Map.groupBy(named, ({ kind, by }) => `${kind} ${kind === 'check' ? by : ''}`).values()].map(same =>
    same.reduce((a, b) => (isLater(b, a) ? b : a)),
  )
  const worst = latest
    .map(run => ({ run, is: isOf(run) }))
    .toSorted((a, b) => order.indexOf(a.is) - order.indexOf(b.is))[0]
  if (!worst) return { is: 'absent', words: `${check} has not reported yet` }
  return { is: worst.is, words: wordsOf(check, worst.is, worst.run) }
}

const isLater = (a: MirroredRun, b: MirroredRun): boolean =>
  a.id.length === b.id.length ? a.id > b.id : a.id.length > b.id.length

function isOf({ kind, status, conclusion = '' }: MirroredRun): Result['is'] {
  if (kind === 'status') return ofStatus.get(status) ?? 'could_not_run'
  return status === 'completed' ? (ofCheck.get(conclusion) ?? 'could_not_run') : 'waiting'
}

function wordsOf(check: string, is: Result['is'], { conclusion, status }: MirroredRun): string {
  const said = (conclusion ?? status).replaceAll('_', ' ').slice(0, 40)
  switch (is) {
    case 'passed':
      return `${check} passed`
    case 'failed':
      return `${check} failed`
    case 'waiting':
      return `${check} is not done yet`
    case 'skipped':
      return `${check} did not run: ${said}`
    default:
      return `${check} could not run: ${said}`
  }
}

export interface ReviewsAsked {
  count: number
  head: string
  /** Who wrote the change: their review counts for nothing. */
  author?: string | undefined
  /** Who may review; whoever may write, where this is not known. */
  reviewers?: ReadonlySet<string> | undefined
}

/**
 * The result of a gate that passes by reviews. Of each reviewer the last word counts, and only for the commit that it was given for:
 * an approval of what was pushed over approves nothing. A comment takes nothing back.
 */
export function resultOfReviews(reviews: readonly ReviewTold[] | 'unread', asked: ReviewsAsked): Result {
  if (reviews === 'unread') return { is: 'unread', words: 'reviews could not be read' }
  const counted = reviews.filter(
    ({ by, state }) => isReviewer(by, asked) && state !== 'commented' && state !== 'pending',
  )
  const last = [...Map.groupBy(counted, ({ by }) => by?.id).values()].flatMap(same =>
    same.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0)).slice(-1),
  )
  if (last.some(({ state }) => state === 'changes_requested'))
    return { is: 'failed', words: 'a reviewer asks for changes' }
  const approvals = last.filter(({ state, commit }) => state === 'approved' && commit === asked.head).length
  if (approvals >= asked.count) return { is: 'passed', words: `${approvals} of ${asked.count} reviews` }
  return { is: 'waiting', words: `${approvals} of ${asked.count} reviews of this commit` }
}

function isReviewer(by: ReviewTold['by'], { author, reviewers }: ReviewsAsked): boolean {
  if (by === undefined || by.isBot || by.id === author) return false
  return reviewers === undefined || reviewers.has(by.id)
}
