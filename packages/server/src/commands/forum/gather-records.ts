import type { ForumInput } from '@breakglass/core/forum'
import { msToInstant } from '@breakglass/verify'
import type { Rx } from '../../store/store.ts'

export interface Span {
  fromMs: number
  toMs: number
  nowMs: number
}

const measured = <T>(value: T): { measured: true; value: T } => ({ measured: true, value })

/** Reviews by when they fell due. A provisional date is none yet; what the system closed is not counted. */
export async function reviewsOf(rx: Rx, { fromMs, toMs, nowMs }: Span): Promise<ForumInput['reviews']> {
  const rows = await rx.db
    .selectFrom('review')
    .select(['id', 'gate', 'state', 'opened_at', 'due_at', 'signed_at', 'late'])
    .where('state', 'in', ['due', 'answered', 'signed'])
    .where('provisional', '=', 0)
    .where('due_at', '<', Math.max(toMs, nowMs))
    .orderBy('due_at', order => order.asc().nullsLast())
    .orderBy('id')
    .execute()
  const between = (from: number, to: number) => {
    const due = rows.filter(row => row.due_at !== null && row.due_at >= from && row.due_at < Math.min(to, nowMs))
    const signed = due.filter(row => row.signed_at !== null)
    return {
      due,
      counts: { due: due.length, signed: signed.length, onTime: signed.filter(row => row.late === 0).length },
    }
  }
  const [period, before] = [between(fromMs, toMs), between(2 * fromMs - toMs, fromMs)]
  const hours = period.due.map(row => ((row.signed_at ?? nowMs) - row.opened_at) / 3_600_000)
  const overdue = rows.flatMap(({ id, gate, state, due_at }) =>
    state === 'signed' || due_at === null || due_at >= nowMs ? [] : [{ id, gate, dueAt: msToInstant(due_at) }],
  )
  return measured({
    ...period.counts,
    ...(before.counts.due === 0 ? {} : { before: before.counts }),
    ...(hours.length === 0 ? {} : { medianHours: medianOf(hours) }),
    overdue: overdue.slice(0, overdueMax),
  })
}

const overdueMax = 1000

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = 0, high = 0] = sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1)
  return (low + high) / 2
}

/** Follow-ups of reviews by their date; a date passes when its day is over. */
export async function followUpsOf(rx: Rx, { fromMs, toMs, nowMs }: Span): Promise<ForumInput['followUps']> {
  const [from, to, today] = [dayOf(fromMs), dayOf(toMs), dayOf(nowMs)]
  const rows = await rx.db
    .selectFrom('follow_up')
    .leftJoin('review', 'review.id', 'follow_up.review_id')
    .select(['follow_up.id', 'follow_up.due_on', 'follow_up.done_at', 'review.gate'])
    .where('follow_up.due_on', '<', today)
    .orderBy('follow_up.due_on')
    .orderBy('follow_up.id')
    .execute()
  const due = rows.filter(({ due_on }) => due_on >= from && due_on < to)
  return measured({
    due: due.length,
    done: due.filter(({ done_at }) => done_at !== null).length,
    overdue: rows
      .filter(({ done_at }) => done_at === null)
      .slice(0, overdueMax)
      .map(({ id, due_on, gate }) => ({ id, dueOn: due_on, ...(gate === null ? {} : { gate }) })),
  })
}

export const dayOf = (ms: number): string => msToInstant(ms).slice(0, 10)

export async function findingsOf(rx: Rx, { fromMs, toMs }: Span): Promise<ForumInput['findings']> {
  const rows = await rx.db.selectFrom('finding').select(['state', 'detected_at']).execute()
  const found = rows.filter(({ detected_at }) => detected_at >= fromMs && detected_at < toMs)
  const { landings } = await rx.db
    .selectFrom('landing')
    .select(eb => eb.fn.countAll<number>().as('landings'))
    .where('at', '>=', fromMs)
    .where('at', '<', toMs)
    .executeTakeFirstOrThrow()
  const looked = Number(landings)
  return measured({
    found: found.length,
    open: rows.filter(({ state }) => state === 'open').length,
    ...(looked < found.length ? {} : { landings: looked }),
  })
}

/** Protection that was off for any of the period. */
export async function driftOf(rx: Rx, { fromMs, toMs }: Span): Promise<ForumInput['drift']> {
  const rows = await rx.db
    .selectFrom('drift')
    .innerJoin('point', 'point.id', 'drift.point_id')
    .select([
      'drift.point_id',
      'point.name',
      'drift.what',
      'drift.since_at',
      'drift.until_at',
      'drift.landings_while_off',
    ])
    .where('drift.since_at', '<', toMs)
    .where(eb => eb.or([eb('drift.until_at', 'is', null), eb('drift.until_at', '>=', fromMs)]))
    .orderBy('drift.since_at')
    .orderBy('drift.id')
    .limit(overdueMax)
    .execute()
  return measured(
    rows.map(({ point_id, name, what, since_at, until_at, landings_while_off }) => ({
      point: point_id,
      name,
      what,
      since: msToInstant(since_at),
      ...(until_at === null ? {} : { until: msToInstant(until_at) }),
      landings: landings_while_off,
    })),
  )
}
