import type { PointView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import type { PointKey } from '@breakglass/verify'
import { act, type Act, type Edge } from '../../edge/edge.ts'
import { repositoryByKey } from '../../facts/repositories.ts'
import { endTokens } from '../../identity/credentials.ts'
import { endAlarm } from '../../tell/tell.ts'
import { nextLedgerIndex, publishTrust } from '../../trust/publish-trust.ts'
import { pointView } from './point-row.ts'
import { endSplitAlarms } from './take-split.ts'
import { waitForLedger } from '../../statements/wait-for-ledger.ts'

/**
 * Ends an enforcement point: nothing is taken from it any more, no grant may name it, and its key is ended by ledger index
 * in a new version of trust.json (docs/formats/trust.md), never removed. Throws `not_found`, `wrong_state`;
 * `ledger_unavailable`: it has ended, and the new trust.json is not logged yet.
 */
export async function endPoint(edge: Edge, by: string, id: string): Promise<PointView> {
  const { view, sid } = await act(edge, async run => {
    const row = await run.tx.db
      .updateTable('point')
      .set({ ended_at: run.atMs })
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .returningAll()
      .executeTakeFirst()
    if (!row) return refuse(run, id)
    const tokens = await run.tx.db
      .selectFrom('token')
      .select('id')
      .where('point_id', '=', id)
      .where('ended_at', 'is', null)
      .execute()
    for (const token of tokens) await endTokens(run, token, { by, why: 'ended' })
    const untilIndex = await nextLedgerIndex(run)
    const { sid } = await publishTrust(run, {
      why: 'point_ended',
      by,
      change: trust => ({ ...trust, points: trust.points.map(key => (key.id === id ? ended(key, untilIndex) : key)) }),
    })
    await endAlarm(run, 'point_forked', id)
    await endSplitAlarms(run, id)
    return { view: pointView(row, await repositoryByKey(run.tx, row.repository_key)), sid }
  })
  await waitForLedger(
    edge,
    [sid],
    `${id} has ended, and the ledger did not confirm the new trust.json in time; it will be logged.`,
  )
  return view
}

/** Ranges that were ended before keep their end; an open one holds what was signed until now. */
const ended = (key: PointKey, untilIndex: number): PointKey => ({
  ...key,
  ranges: key.ranges.map(range =>
    range.untilIndex === undefined ? { ...range, untilIndex: Math.max(untilIndex, range.fromIndex + 1) } : range,
  ),
})

async function refuse({ tx }: Act, id: string): Promise<never> {
  const known = await tx.db.selectFrom('point').select('id').where('id', '=', id).executeTakeFirst()
  if (known) throw new BreakglassError('wrong_state', `${id} was ended already.`)
  throw new BreakglassError('not_found', `There is no enforcement point ${id}; breakglass point list shows them.`)
}
