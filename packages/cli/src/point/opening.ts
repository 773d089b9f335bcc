import { BreakglassError } from '@breakglass/core/errors'
import type { Commit } from '@breakglass/verify'
import { allowedEvents, type AllowedGate, type PointEvent, stoodOf, type UsedBody } from './events.ts'
import type { Journal } from './journal.ts'
import type { Opened } from './judge.ts'
import type { VerifiedUse } from './judge-grants.ts'
import { plain } from './plain.ts'
import type { Point } from './point.ts'
import { type SpendQuestion, spendMsMax } from './server.ts'
import { spendOffline } from './spent.ts'
import { appendEvents, SpoolFull, spoolEventsMax, spoolLength } from './spool.ts'

/** One landing, or one run in CI, all of whose gates are about to open. */
export interface Opening {
  ref: string
  commit: Commit
  /** Of a push; absent where the ref is created. */
  old?: Commit
  /** Of a run in CI. */
  run?: string
  opened: readonly Opened[]
}

export interface OpeningTerms {
  online: boolean
  /** Digest of the program in force. */
  program: string
  /** A push is recorded as allowed; a run is not an advance of any ref. */
  isPush: boolean
  /** `pusherOf` whoever pushes, where the hook knows. */
  pusher?: string | undefined
}

export type OpeningVerdict = { ok: true } | { ok: false; code: OpeningCode; words: string }
export type OpeningCode = 'spool_full' | 'spend_unanswered' | 'spend_refused' | 'grant_used'

/**
 * Spends every grant, all or none, and writes down what was let through; after `ok` the gates may open. Called last, when all
 * else is settled. A crash after the server's spend leaves a use that the same landing gets again by its key; a crash after
 * the journal's commit, the commit point, leaves an allowed landing that never came.
 */
export async function openGates(
  point: Point,
  openings: readonly Opening[],
  terms: OpeningTerms,
): Promise<OpeningVerdict> {
  const room = spoolEventsMax - spoolLength(point.journal)
  if (room < eventsMaxOf(openings)) return spoolFull()
  const refused = await spendOnline(point, openings)
  if (refused !== undefined) return refused
  try {
    return point.journal.inTransaction(() => record(point, openings, terms))
  } catch (cause) {
    if (cause instanceof SpoolFull) return spoolFull()
    if (cause instanceof UsedMeanwhile) return { ok: false, code: 'grant_used', words: cause.message }
    throw cause
  }
}

function eventsMaxOf(openings: readonly Opening[]): number {
  return openings.reduce((sum, { opened }) => sum + 4 + opened.length * 2, 0)
}

interface Spend {
  opening: Opening
  gate: string
  use: VerifiedUse
}

function spendsOf(openings: readonly Opening[]): Spend[] {
  return openings.flatMap(opening =>
    opening.opened.flatMap(({ gate, use }) => (use === undefined ? [] : [{ opening, gate, use }])),
  )
}

const spendsPerQuestion = 100

async function spendOnline(
  point: Point,
  openings: readonly Opening[],
): Promise<Exclude<OpeningVerdict, { ok: true }> | undefined> {
  const online = spendsOf(openings).filter(({ use }) => use.mode === 'online')
  // A branch that is pushed twice, once by a symbolic ref, is one landing and one use.
  const spends = [...new Map(online.map(spend => [`${spend.use.grant} ${spend.use.useKey}`, spend])).values()]
  if (spends.length === 0) return undefined
  if (spends.length > spendsPerQuestion) {
    const words = `${spends.length} online grants in one push, at most ${spendsPerQuestion}; push fewer refs at once`
    return { ok: false, code: 'spend_refused', words }
  }
  try {
    const { spent } = await point.server.spendGrants({ spends: spends.map(questionOf) }, spendMsMax)
    const missing = spends.find(({ use }) => !spent.some(({ grant }) => grant === use.grant))
    if (missing === undefined) return undefined
    return { ok: false, code: 'spend_unanswered', words: `the server did not say that ${missing.use.grant} is spent` }
  } catch (cause) {
    if (!(cause instanceof BreakglassError)) throw cause
    return refusedBy(cause)
  }
}

function questionOf({ opening, use }: Spend): SpendQuestion {
  const { ref, old, commit, run } = opening
  const place = run === undefined ? { ref, new: commit, ...(old !== undefined && { old }) } : { ref, run }
  return { grant: use.grant, useKey: use.useKey, ...place }
}

function refusedBy(cause: BreakglassError): Exclude<OpeningVerdict, { ok: true }> {
  const words = plain(cause.message)
  if (cause.code === 'grant_spent') return { ok: false, code: 'grant_used', words }
  if (cause.meaning.exit !== 6) return { ok: false, code: 'spend_refused', words }
  return {
    ok: false,
    code: 'spend_unanswered',
    words: `the server did not answer whether the grant is spent, so nothing opens; the same again will get the same answer (${words})`,
  }
}

class UsedMeanwhile extends Error {
  override readonly name = 'UsedMeanwhile'
}

function record(point: Point, openings: readonly Opening[], terms: OpeningTerms): OpeningVerdict {
  const { journal, spooler } = point
  const nowMs = point.now()
  const events: PointEvent[] = []
  for (const opening of openings) {
    if (terms.isPush) events.push(...allow(journal, opening, { ...terms, nowMs }))
    for (const spend of spendsOf([opening])) {
      if (markSpent(journal, spend.use, nowMs)) events.push({ kind: 'point.used', body: usedBody(spend, terms) })
    }
  }
  appendEvents(journal, spooler, events, nowMs)
  return { ok: true }
}

function allow(journal: Journal, opening: Opening, terms: OpeningTerms & { nowMs: number }): PointEvent[] {
  const { ref, old, commit, opened } = opening
  journal.run(
    'insert into allowed (ref, old, new, at) values (?, ?, ?, ?) on conflict (ref, old, new) do update set at = excluded.at',
    ref,
    old ?? '',
    commit,
    terms.nowMs,
  )
  const gates = opened.flatMap(({ gate, opens, evidence }): AllowedGate[] => {
    return opens === 'not_in_force' ? [] : [{ gate, opens, ...(evidence !== undefined && { evidence }) }]
  })
  const { program, online, pusher } = terms
  const mode = online ? 'online' : 'offline'
  const who = pusher === undefined ? {} : { pusher }
  return allowedEvents({ gates, mode, new: commit, ...(old !== undefined && { old }), program, ...who, ref })
}

/** Whether this is news. What the server counted is noted here too, so that each use is told once. */
function markSpent(journal: Journal, use: VerifiedUse, nowMs: number): boolean {
  const { grant, useKey, mode } = use
  if (mode === 'online') {
    const sql = 'insert into spent (grant_id, use_key, at) values (?, ?, ?) on conflict do nothing'
    return journal.run(sql, grant, useKey, nowMs) === 1
  }
  const spent = spendOffline(journal, use, nowMs)
  if (spent.ok) return !spent.already
  throw new UsedMeanwhile(`the grant ${grant} has been used (${spent.used} of ${spent.uses}) at this very moment`)
}

function usedBody({ opening, gate, use }: Spend, { isPush, online }: OpeningTerms): UsedBody {
  const { ref, old, commit, run, opened } = opening
  const kept = opened.flatMap(other => {
    if (other.gate === gate || other.opens === 'not_in_force') return []
    return [{ gate: other.gate, stood: stoodOf[other.opens] }]
  })
  return {
    change: { commit },
    gate,
    grant: use.grant,
    kept: kept.slice(0, keptMax),
    mode: use.mode === 'offline' || !online ? 'offline' : 'online',
    ...(isPush && { new: commit, ...(old !== undefined && { old }) }),
    ref,
    ...(run !== undefined && { run }),
    useKey: use.useKey,
  }
}

/** With the longest names, what fits in a statement beside the rest. */
const keptMax = 64

function spoolFull(): OpeningVerdict {
  const words = `${spoolEventsMax} events wait for the server, so no further gate opens; run breakglass hook sync`
  return { ok: false, code: 'spool_full', words }
}
