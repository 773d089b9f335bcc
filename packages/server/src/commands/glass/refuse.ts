import { type Decision, type RefusalCode, refusalCodes } from '@breakglass/core/decide'
import { BreakglassError } from '@breakglass/core/errors'
import { refusalsPerPersonHourMax } from '@breakglass/core/grant'
import { msToInstant } from '@breakglass/verify'
import { z } from 'zod'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { enqueue } from '../../jobs/queue.ts'
import type { JobHandler } from '../../jobs/runner.ts'

export type Refusal = Extract<Decision, { outcome: 'refused' }>

export const tellRefusalsJob = 'glass.tell_refusals'

/** Beyond this a person's requests of the hour are turned away before anything is decided. */
const refusalsAnsweredMax = 300
const hourMs = 3_600_000

const counts = z.partialRecord(z.enum(refusalCodes), z.int().min(1))

/**
 * Counts a refusal of a person in this hour. The first twenty are recorded one by one; from then on they are only counted,
 * and one statement at the end of the hour says how many there were, so that nobody can flood the record.
 * Throws `too_many` beyond all measure.
 */
export async function countRefusal(run: Act, person: string, code: RefusalCode): Promise<'record' | 'count only'> {
  const { tx, atMs } = run
  const hour = Math.floor(atMs / hourMs)
  const known = await tx.db
    .selectFrom('refusal_window')
    .selectAll()
    .where('person_id', '=', person)
    .where('hour', '=', hour)
    .executeTakeFirst()
  const count = (known?.count ?? 0) + 1
  if (count > refusalsAnsweredMax) {
    throw new BreakglassError(
      'too_many',
      'The program has refused you several hundred times within this hour; wait for the next.',
    )
  }
  const isCountedOnly = count > refusalsPerPersonHourMax
  const codes = counts.parse(JSON.parse(known?.codes ?? '{}'))
  if (isCountedOnly) codes[code] = (codes[code] ?? 0) + 1
  await tx.db
    .insertInto('refusal_window')
    .values({ person_id: person, hour, count, codes: JSON.stringify(codes) })
    .onConflict(on => on.columns(['person_id', 'hour']).doUpdateSet({ count, codes: JSON.stringify(codes) }))
    .execute()
  if (!isCountedOnly) return 'record'
  await enqueue(tx, {
    id: run.newId('job'),
    kind: tellRefusalsJob,
    key: `${person} ${hour}`,
    runAt: (hour + 1) * hourMs,
    attemptsMax: 1000,
    ifOpen: 'keep',
  })
  return 'count only'
}

/** The hour is over: one statement on the person counts what was not recorded one by one. */
export const tellRefusals =
  (edge: Edge): JobHandler =>
  ({ job, complete }) =>
    act(edge, async run => {
      const [person = '', hour = ''] = job.key.split(' ')
      const window = await run.tx.db
        .selectFrom('refusal_window')
        .selectAll()
        .where('person_id', '=', person)
        .where('hour', '=', Number(hour))
        .executeTakeFirst()
      const codes = Object.entries(counts.parse(JSON.parse(window?.codes ?? '{}')))
      if (codes.length > 0) {
        await say(run, 'glass.refused', person, {
          actor: person,
          from: msToInstant(Number(hour) * hourMs),
          until: msToInstant((Number(hour) + 1) * hourMs),
          codes: codes.map(([code, count]) => ({ code: code as RefusalCode, count })), // a key of the schema above
        })
      }
      await complete(run.tx)
    })
