import type { ForumInput } from '@breakglass/core/forum'
import { disclosureShare } from '@breakglass/core/metrics'
import { gateDaysIn } from '../../landings/gate-days.ts'
import type { Rx } from '../../store/store.ts'
import { keptAnswer } from '../reviews/review-row.ts'
import { dayOf, type Span } from './gather-records.ts'
import { dayMs } from './schedule.ts'

type Disclosures = Extract<ForumInput['disclosures'], { measured: true }>['value']

/** What was told of before it was found, of all that nothing sanctioned; and what the reviews of it said. Nobody is named. */
export async function disclosuresIn(rx: Rx, { fromMs, toMs }: Span): Promise<ForumInput['disclosures']> {
  const first = dayOf(fromMs)
  // The day on which the period ends is in it.
  const now = await shareIn(rx, first, dayOf(toMs - 1 + dayMs))
  const before = await shareIn(rx, dayOf(2 * fromMs - toMs), first)
  return { measured: true, value: { ...now, before, taught: await taughtIn(rx, fromMs, toMs) } }
}

async function shareIn(rx: Rx, from: string, until: string): Promise<{ x: number; n: number }> {
  const { x, n } = disclosureShare(await gateDaysIn(rx, from, until))
  return { x, n }
}

/** By gate and reason, of each review its last answer, the most frequent first. */
async function taughtIn(rx: Rx, fromMs: number, toMs: number): Promise<Disclosures['taught']> {
  const rows = await rx.db
    .selectFrom('disclosure')
    .innerJoin('review', 'review.id', 'disclosure.review_id')
    .innerJoin('review_answer', 'review_answer.review_id', 'review.id')
    .select(['review.gate', 'review.id', 'review_answer.body'])
    .where('disclosure.at', '>=', fromMs)
    .where('disclosure.at', '<', toMs)
    .orderBy('review_answer.at')
    .orderBy('review_answer.sid')
    .execute()
  const taught = new Map<string, Disclosures['taught'][number]>()
  for (const { gate, body } of new Map(rows.map(row => [row.id, row])).values()) {
    const { unusable } = keptAnswer.parse(JSON.parse(body))
    if (unusable === undefined) continue
    const lesson = `What made the safe path unusable: ${unusable.replaceAll('_', ' ')}`
    const known = taught.get(`${gate} ${unusable}`) ?? { gate, lesson, x: 0 }
    taught.set(`${gate} ${unusable}`, { ...known, x: known.x + 1 })
  }
  return [...taught.values()].toSorted((a, b) => b.x - a.x || (a.gate < b.gate ? -1 : 1)).slice(0, lessonsMax)
}

const lessonsMax = 100
