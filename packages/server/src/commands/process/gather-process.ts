import { createHash } from 'node:crypto'
import {
  type CheckRun,
  type FollowUpRecord,
  type GateWait,
  type Label,
  labels,
  type OpeningRecord,
  type Period,
  type ProcessInput,
  type ReviewRecord,
  type WaiverRecord,
} from '@breakglass/core/metrics'
import { requireProgram } from '../../facts/program.ts'
import { gateDaysIn } from '../../landings/gate-days.ts'
import type { Rx } from '../../store/store.ts'
import { dayOf } from '../forum/gather-records.ts'
import { checkRunsSince } from '../forum/gather-why.ts'
import { dayMs } from '../forum/schedule.ts'
import { type ReviewRow, saidIn } from '../reviews/review-row.ts'

/** What `processOf` asks for, as it is recorded. Drills are not: their list is absent. Throws `no_program`. */
export async function gatherProcess(rx: Rx, { fromMs, toMs }: Period): Promise<ProcessInput> {
  // The period before is what the trend compares with.
  const sinceMs = 2 * fromMs - toMs
  return {
    reviews: await reviewsSince(rx, sinceMs),
    waivers: await waiversIn(rx),
    followUps: await followUpsIn(rx),
    openings: await openingsIn(rx, { fromMs, toMs }),
    waits: waitsOf(await checkRunsSince(rx, fromMs)),
    days: await gateDaysIn(rx, dayOf(fromMs), dayOf(toMs - 1 + dayMs)),
  }
}

/** Those that were due or open since then; a provisional date is none yet, and what the system closed is not counted. */
async function reviewsSince(rx: Rx, sinceMs: number): Promise<ReviewRecord[]> {
  const rows = await rx.db
    .selectFrom('review')
    .selectAll()
    .where('state', 'in', ['due', 'answered', 'signed'])
    .where('provisional', '=', 0)
    .where(eb => eb.or([eb('signed_at', 'is', null), eb('due_at', '>=', sinceMs), eb('opened_at', '>=', sinceMs)]))
    .orderBy('opened_at')
    .orderBy('id')
    .execute()
  const said = await saidIn(
    rx,
    rows.map(({ id }) => id),
  )
  const answers = Map.groupBy(said.answers, ({ review }) => review)
  const signOffs = Map.groupBy(said.signOffs, ({ review }) => review)
  const labelledAt = await labelsShown(rx)
  return rows.flatMap((row): ReviewRecord[] => {
    if (row.due_at === null) return []
    const [answer, signOff] = [answers.get(row.id)?.at(-1), signOffs.get(row.id)?.at(-1)]
    const actor = row.actor ?? answer?.by
    const labelled = row.signed_at === null ? undefined : labelledAt(row.gate, row.signed_at)
    return [
      {
        gate: row.gate,
        openedAt: row.opened_at,
        dueAt: row.due_at,
        ...signedOf(row),
        ...(answer && { answeredAt: answer.atMs }),
        ...(answer && !answer.erased && { answerDigest: digestOf(answer.answer) }),
        ...(answer?.answer.unusable !== undefined && { reason: answer.answer.unusable }),
        ...(actor !== undefined && { actor }),
        ...(signOff && { reviewer: signOff.by, verdict: signOff.kept.gateVerdict }),
        ...(labelled && { labelled }),
      },
    ]
  })
}

const signedOf = ({ signed_at }: ReviewRow) => (signed_at === null ? {} : { signedAt: signed_at })

/** Equal for equal words; the record keeps only commitments, each under a salt of its own. */
const digestOf = (answer: unknown): string => createHash('sha256').update(JSON.stringify(answer)).digest('hex')

/** What each gate was shown as at an instant, by the monthly run before it. */
async function labelsShown(rx: Rx): Promise<(gate: string, atMs: number) => Label | undefined> {
  const rows = await rx.db
    .selectFrom('label_run')
    .select(['gate', 'shown', 'ran_at'])
    .orderBy('ran_at', 'desc')
    .execute()
  const byGate = Map.groupBy(rows, ({ gate }) => gate)
  return (gate, atMs) => {
    const shown = byGate.get(gate)?.find(({ ran_at }) => ran_at <= atMs)?.shown
    return labels.find(label => label === shown)
  }
}

async function waiversIn(rx: Rx): Promise<WaiverRecord[]> {
  const { published } = await requireProgram(rx)
  const { longestSeconds, renewals } = published.program.waivers
  // The longest that one waiver and its renewals can last.
  const boundDays = (longestSeconds * (renewals + 1) * 1000) / dayMs
  const rows = await rx.db.selectFrom('waiver').selectAll().where('expires_at', 'is not', null).execute()
  return rows.flatMap(({ gate, since_at: firstAt, expires_at: until, ended_at }) =>
    until === null ? [] : [{ gate, firstAt, until, boundDays, ...(ended_at !== null && { endedAt: ended_at }) }],
  )
}

/** A promise is kept on the day it is due, to the end of that day. */
async function followUpsIn(rx: Rx): Promise<FollowUpRecord[]> {
  const rows = await rx.db.selectFrom('follow_up').select(['due_on', 'done_at']).execute()
  return rows.map(({ due_on, done_at }) => ({
    dueAt: Date.parse(`${due_on}T00:00:00Z`) + dayMs - 1,
    ...(done_at !== null && { doneAt: done_at }),
  }))
}

async function openingsIn(rx: Rx, { fromMs, toMs }: Period): Promise<OpeningRecord[]> {
  const rows = await rx.db
    .selectFrom('glass')
    .select(['gate', 'requested_at', 'live_at'])
    .where('requested_at', '>=', fromMs)
    .where('requested_at', '<', toMs)
    .execute()
  return rows.map(({ gate, requested_at: requestedAt, live_at }) => ({
    gate,
    requestedAt,
    ...(live_at !== null && { openedAt: live_at }),
  }))
}

/** From the first run of a check on a commit to its first pass: what the gate itself took. Still red is still waiting. */
function waitsOf(runs: ReadonlyMap<string, readonly CheckRun[]>): GateWait[] {
  return [...runs].flatMap(([gate, of]) =>
    [...Map.groupBy(of, ({ commit }) => commit).values()].map((own): GateWait => {
      const askedAt = Math.min(...own.map(({ startedAt }) => startedAt))
      const passes = own.flatMap(({ end, startedAt, endedAt = startedAt }) => (end === 'pass' ? [endedAt] : []))
      return { gate, askedAt, ...(passes.length > 0 && { passedAt: Math.min(...passes) }) }
    }),
  )
}
