import { checkNameOf } from './name.ts'
import { type Opening, type OpeningFacts, openingOf, wakeAt, windowOf } from './opening.ts'
import type { Result } from './result.ts'

export interface CheckFacts extends OpeningFacts {
  /** What the commit is: for a test merge nothing is ever posted. */
  on: 'pull_request' | 'queue_group' | 'test_merge'
  /** Where the run belongs: `head`, or the group's own commit. */
  commit: string
  /** On `commit`. */
  result: Result
  /** Whether a grant may open it, as the program says. */
  breakable: 'yes' | 'never' | 'when_it_cannot_run'
  /** The gate says that a skipped check is a pass. */
  skippedPasses?: boolean
}

export interface Action {
  /** At most 20, 40 and 20 letters: GitHub refuses more. */
  label: string
  description: string
  identifier: 'break-glass' | 'shut'
}

/** What our check run should be. */
export interface CheckState {
  gate: string
  name: string
  commit: string
  status: 'queued' | 'completed'
  conclusion?: 'success' | 'failure'
  title: string
  summary: string
  actions: Action[]
  /** `grant:<id>`, `waiver:<id>`, `window:<id>` or `result`: what it rests on, kept with the run so that what we opened can be found. */
  externalId: string
  /** When it has to be worked out again though nothing happens. */
  wakeAt?: number
}

/**
 * The state of our check run of one gate on one commit (docs/github.md "Our check run"): the same facts, the same state. Undefined where
 * none may be posted.
 */
export function checkState(facts: CheckFacts): CheckState | undefined {
  if (facts.on === 'test_merge') return undefined
  const opening = openingHere(facts)
  const wake = wakeAt(facts)
  return {
    gate: facts.gate,
    name: checkNameOf(facts.gate),
    commit: facts.commit,
    ...outcomeOf(facts, opening),
    ...(wake === undefined ? {} : { wakeAt: wake }),
  }
}

/** No waiver opens a safety net, and no grant does once it ran and failed, also one that was given while it could not run. */
function openingHere(facts: CheckFacts): Opening {
  const { breakable, result } = facts
  const opening = openingOf(facts)
  if (breakable === 'yes') return opening
  const isOpen = opening.by === 'grant' && breakable === 'when_it_cannot_run' && result.is !== 'failed'
  return isOpen ? opening : { by: 'nothing' }
}

type Outcome = Pick<CheckState, 'status' | 'conclusion' | 'title' | 'summary' | 'actions' | 'externalId'>

/** A pass that was earned stands above a grant: the grant stays unspent. */
function outcomeOf(facts: CheckFacts, opening: Opening): Outcome {
  const { result } = facts
  const isPass = result.is === 'passed' || (result.is === 'skipped' && facts.skippedPasses === true)
  if (isPass) return { ...green, title: sentence(result.words), summary: sentence(result.words), actions: [] }
  if (opening.by === 'waiver') {
    const summary = `${sentence(result.words)} A waiver holds until ${instant(opening.waiver.until)}.`
    return { ...green, title: 'Waived', summary, actions: [], externalId: `waiver:${opening.waiver.id}` }
  }
  if (opening.by === 'grant') return opened(facts, opening)
  const window = windowOf(facts)
  if (window && result.is !== 'failed') {
    const summary = `${sentence(result.words)} The gate is declared unavailable, and lets through until ${instant(window.until)}.`
    return { ...green, title: 'Let through: unavailable', summary, actions: [], externalId: `window:${window.id}` }
  }
  const actions = buttons(facts)
  const title = titles[result.is]
  const summary = [sentence(result.words), opening.why, netWords(facts)].flatMap(words =>
    words ? sentence(words) : [],
  )
  const rest = { title, summary: summary.join(' '), actions, externalId: 'result' }
  const isOpenEnded = result.is === 'waiting' || result.is === 'absent' || result.is === 'unread'
  return isOpenEnded ? { status: 'queued', ...rest } : { status: 'completed', conclusion: 'failure', ...rest }
}

const green = { status: 'completed', conclusion: 'success', externalId: 'result' } as const

const titles: Record<Result['is'], string> = {
  passed: 'Passed',
  failed: 'Failed',
  could_not_run: 'Could not run',
  skipped: 'Did not run, which is no pass here',
  waiting: 'Waiting',
  absent: 'Waiting',
  unread: 'Waiting: GitHub did not answer',
}

function opened({ result, pulls, head }: CheckFacts, { grant }: Extract<Opening, { by: 'grant' }>): Outcome {
  const autoMerge = pulls.find(pull => pull.head === head)?.autoMergeBy
  const summary = [
    `Opened by ${grant.by} until ${instant(grant.expiresAt)}, for this commit of #${grant.number}.`,
    sentence(result.words),
    ...(autoMerge === undefined ? [] : [`Auto-merge is on, by ${autoMerge}: it may merge at once.`]),
    ...(grant.review === undefined ? [] : [`Review: ${grant.review}`]),
  ]
  return {
    ...green,
    title: 'Opened by a grant',
    summary: summary.join(' '),
    actions: [{ label: 'Shut it now', description: 'Give the grant back', identifier: 'shut' }],
    externalId: `grant:${grant.id}`,
  }
}

/** Asking opens nothing: who may, is decided when it is pressed. */
function buttons({ breakable, result }: CheckFacts): Action[] {
  const isPossible = breakable === 'yes' || (breakable === 'when_it_cannot_run' && result.is === 'could_not_run')
  if (!isPossible) return []
  return [{ label: 'Break the glass', description: 'Ask to open this gate for this commit', identifier: 'break-glass' }]
}

function netWords({ breakable, result }: CheckFacts): string | undefined {
  if (breakable === 'never') return 'It is a safety net: no grant opens it'
  if (breakable === 'when_it_cannot_run' && result.is === 'failed')
    return 'It is a safety net, and it ran: no grant opens it'
  return undefined
}

const sentence = (words: string): string =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`

const dateMsMax = 8.64e15

const instant = (ms: number): string =>
  Math.abs(ms) <= dateMsMax ? `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC` : 'an unknown time'
