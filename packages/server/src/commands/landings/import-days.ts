import { BreakglassError } from '@breakglass/core/errors'
import { digestOf } from '@breakglass/verify'
import { act, type Edge } from '../../edge/edge.ts'
import { programInForce } from '../../facts/program.ts'
import type { Rx } from '../../store/store.ts'
import { dataText } from '../../texts/data-document.ts'
import type { BodyOf, ReplyOf } from '../points/body-of.ts'
import { requireOwner } from '../program/owners.ts'

type Days = BodyOf<'importDays'>['days']

/** Six values a row. */
const rowsPerStatement = 150

/**
 * Takes in counts of days that were derived from a history. They are kept apart: no rate and no label is made of them. Whoever
 * owns the program may, because it is their account of it; who manages people may not. The same counts again change
 * nothing. Throws `not_allowed`, `admin_may_not`, `bad_input`.
 */
export async function importDays(
  edge: Edge,
  by: string,
  { name, derivedFrom, days: given }: BodyOf<'importDays'>,
): Promise<ReplyOf<'importDays'>> {
  const days = given.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  refuseTwice(days)
  const digest = digestOf(dataText({ name, derivedFrom, days }))
  const already = await act(edge, async run => {
    const { tx, atMs } = run
    await requireOwner(run, await programInForce(tx), by)
    const { numInsertedOrUpdatedRows } = await tx.db
      .insertInto('import_batch')
      .values({ digest, name, derived_from: derivedFrom, imported_by: by, at: atMs })
      .onConflict(on => on.column('digest').doNothing())
      .executeTakeFirst()
    if (numInsertedOrUpdatedRows !== 1n) return true
    for (let from = 0; from < days.length; from += rowsPerStatement) {
      const rows = days.slice(from, from + rowsPerStatement)
      await tx.db
        .insertInto('derived_day')
        .values(rows.map(row => ({ digest, ...row })))
        .execute()
    }
    return false
  })
  return { digest, days: days.length, already }
}

const keyOf = ({ gate, day }: Days[number]): string => `${gate} ${day}`

function refuseTwice(days: Days): void {
  const twice = days.find((day, at) => at > 0 && keyOf(day) === keyOf(days[at - 1] ?? day))
  if (!twice) return
  throw new BreakglassError('bad_input', `days: expected each day of a gate once, found ${keyOf(twice)} twice.`)
}

/** What was imported for a gate, batch by batch: two histories may tell of the same days. */
export async function derivedOf(rx: Rx, gate: string): Promise<ReplyOf<'showGateNumbers'>['derived']> {
  const rows = await rx.db
    .selectFrom('derived_day')
    .innerJoin('import_batch', 'import_batch.digest', 'derived_day.digest')
    .select(['import_batch.digest', 'import_batch.name', 'import_batch.at'])
    .select(({ fn }) => [
      fn.min<string>('derived_day.day').as('from'),
      fn.max<string>('derived_day.day').as('to'),
      fn.sum<number>('derived_day.passages').as('passages'),
      fn.sum<number>('derived_day.bypassed').as('bypassed'),
      fn.sum<number>('derived_day.rollbacks').as('rollbacks'),
    ])
    .where('derived_day.gate', '=', gate)
    .groupBy(['import_batch.digest', 'import_batch.name', 'import_batch.at'])
    .orderBy('import_batch.at')
    .execute()
  return rows.map(({ digest, name, from, to, passages, bypassed, rollbacks }) => ({
    digest,
    name,
    from,
    to,
    passages: Number(passages),
    bypassed: Number(bypassed),
    rollbacks: Number(rollbacks),
  }))
}
