import type { GrantView } from '@breakglass/core/contract'
import type { GrantState } from '@breakglass/core/grant'
import { type Column, facts, formatDuration, relativeTime, secondsLeft, shortInstant, style } from '@breakglass/report'
import { unmetLines } from './reasons.ts'

/** Everything said about a grant is a function of the grant and now. */
export interface GateState {
  gate: string
  /** Absent where nobody could be asked: it is not known, which is not the same as shut. */
  standing?: string
}

const words: Record<GrantState, string> = {
  requested: 'REQUESTED',
  waiting: 'WAITING',
  granted: 'GRANTED, not open yet',
  live: 'OPEN',
  expired: 'EXPIRED',
  revoked: 'REVOKED',
  exhausted: 'USED UP',
  shut: 'SHUT',
  refused: 'REFUSED',
  declined: 'DECLINED',
  withdrawn: 'WITHDRAWN',
  void: 'VOID: nothing was opened',
}

export function grantLines(grant: GrantView, nowMs: number, keeps?: readonly GateState[]): string[] {
  return [
    `${stateWords(grant.state)}  ${style.bold(grant.gate)}  for ${grant.repository.name}@${changeOf(grant)}${onRef(grant)}`,
    ...facts(detailsOf(grant, nowMs, keeps)).map(line => `  ${line}`),
    ...(grant.state === 'refused' ? refusalLines(grant) : []),
  ]
}

export function stateWords(state: GrantState): string {
  if (state === 'live') return style.green(words[state])
  return state === 'refused' || state === 'declined' || state === 'void'
    ? style.red(words[state])
    : style.yellow(words[state])
}

function detailsOf(
  grant: GrantView,
  nowMs: number,
  keeps: readonly GateState[] | undefined,
): [string, string | undefined][] {
  const isLive = grant.state === 'live'
  return [
    ['grant', grant.id],
    ['at', `${grant.at.name} (${grant.mode})`],
    ['second', secondPersonOf(grant)],
    ['waits', grant.state === 'waiting' ? waitOf(grant, nowMs) : undefined],
    ['closes', isLive ? closesOf(grant, nowMs) : undefined],
    ['stays shut', keepsOf(grant, keeps)],
    ['told', grant.told.map(({ name }) => name).join(', ') || undefined],
    ['review', reviewOf(grant)],
    ['ledger', grant.ledger === undefined ? undefined : `#${grant.ledger.index}`],
    ['shut', shutOf(grant)],
  ]
}

export function closesOf(grant: GrantView, nowMs: number): string {
  const uses = grant.uses - grant.used
  const after = `after ${uses === 1 ? 'one more use' : `${uses} more uses`}`
  if (grant.expiresAt === undefined) return after
  return `in ${formatDuration(secondsLeft(grant.expiresAt, nowMs))} (${shortInstant(grant.expiresAt)}), or ${after}`
}

export function waitOf(grant: GrantView, nowMs: number): string {
  const who = grant.mayApprove.map(({ name }) => name).join(', ') || 'nobody known here'
  if (grant.waitsUntil === undefined) return `for ${who}`
  return `for ${who}; until ${shortInstant(grant.waitsUntil)} (${formatDuration(secondsLeft(grant.waitsUntil, nowMs))} left)`
}

function secondPersonOf({ secondPerson, approvers }: GrantView): string | undefined {
  if (secondPerson === 'approved') return `approved by ${approvers.map(({ name }) => name).join(', ')}`
  return secondPerson === 'went_solo' ? 'nobody answered in time: opened solo, and the record says so' : undefined
}

function keepsOf(grant: GrantView, keeps: readonly GateState[] | undefined): string | undefined {
  const states = keeps ?? grant.keeps.map(gate => ({ gate }))
  return (
    states.map(({ gate, standing }: GateState) => `${gate} (${standing ?? 'state not known'})`).join('\n') || undefined
  )
}

function reviewOf({ review }: GrantView): string | undefined {
  if (review === undefined) return undefined
  if (review.dueAt === undefined) return `${review.id}, due once the gate is shut; by a reviewer who had no part in it`
  const due = `${shortInstant(review.dueAt)}${review.provisional ? ', provisional until the gate is shut' : ''}`
  return `${review.id}, due ${due}; by a reviewer who had no part in it`
}

function shutOf(grant: GrantView): string | undefined {
  if (grant.shutOverdue) return style.red('NOT CONFIRMED: the enforcement point has not said that the gate is shut')
  if (grant.shutAt === undefined) return undefined
  const by = grant.shutConfirmedBy === undefined ? '' : `, confirmed by ${grant.shutConfirmedBy}`
  return `${shortInstant(grant.shutAt)}${by}; used ${grant.used} of ${grant.uses}`
}

function refusalLines(grant: GrantView): string[] {
  const unmet = unmetLines(grant.reasons)
  if (unmet.length > 0 || grant.refusal === undefined) return unmet
  return [`  ${style.red('NO')} ${grant.refusal.code}`, `     → ${grant.refusal.remedy}`]
}

export function changeOf({ change }: Pick<GrantView, 'change'>): string {
  if ('commit' in change) return shortCommit(change.commit)
  if ('deployment' in change) return `deployment ${change.deployment}`
  return `operation ${change.operation.slice(0, 19)}`
}

/** `sha1:` is left out and ten digits are kept: enough for people, who see the whole with --json. */
export const shortCommit = (commit: string) => commit.slice(commit.indexOf(':') + 1).slice(0, 10)

const onRef = ({ ref }: GrantView) => (ref === undefined ? '' : ` on ${ref.replace(/^refs\/heads\//, '')}`)

/** For lists: one grant a line. */
export function grantColumns(nowMs: number): Column<GrantView>[] {
  return [
    { title: 'grant', of: grant => grant.id },
    { title: 'gate', of: grant => grant.gate, flexible: true },
    { title: 'change', of: grant => `${grant.repository.name}@${changeOf(grant)}`, flexible: true },
    { title: 'who', of: grant => grant.actor.name, flexible: true },
    { title: 'when', of: grant => whenOf(grant, nowMs) },
  ]
}

function whenOf(grant: GrantView, nowMs: number): string {
  const { state, waitsUntil, expiresAt } = grant
  if (state === 'waiting' && waitsUntil !== undefined) return `waits, ${relativeTime(waitsUntil, nowMs)} at most`
  if (state === 'live' && expiresAt !== undefined) return `closes ${relativeTime(expiresAt, nowMs)}`
  return grant.shutOverdue ? 'NOT CONFIRMED shut' : state
}
