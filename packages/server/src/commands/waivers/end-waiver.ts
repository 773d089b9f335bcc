import type { WaiverView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { logWaitSecondsMax } from '@breakglass/core/grant'
import { msToInstant } from '@breakglass/verify'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { programInForce } from '../../facts/program.ts'
import { requireActing } from '../../identity/require-acting.ts'
import { cancelJob } from '../../jobs/queue.ts'
import type { JobHandler } from '../../jobs/runner.ts'
import { notify } from '../../tell/tell.ts'
import { seal } from '../../texts/seal.ts'
import { ownersOf } from '../points/gate-owners.ts'
import { placesOf, standingOf, type WaiverRow, waiverById } from './waiver-row.ts'
import { oneView } from './request-waiver.ts'

export const waiverVoidJob = 'waiver.void'
export const waiverExpiresJob = 'waiver.expires'
export const waiverSoonJob = 'waiver.soon'

/**
 * Ends a waiver before its time. Enforcement points are handed it no more from this instant, and they take none that the
 * server does not hand them. Throws `not_found`, `wrong_state`, `refused`, `admin_may_not`.
 */
export function endWaiver(edge: Edge, by: string, id: string, reason: string): Promise<WaiverView> {
  return act(edge, async run => {
    const { tx, atMs } = run
    await requireActing(tx, by, 'ends no waiver')
    const row = await waiverById(tx, id)
    if (standingOf(row, atMs) !== 'live') {
      throw new BreakglassError('wrong_state', `${id} is ${standingOf(row, atMs)}; only one that holds can be ended.`)
    }
    const owners = await ownersOfGate(run, row)
    if (![row.requester, row.owner, ...owners].includes(by)) {
      throw new BreakglassError('refused', `${id}: its owner, who asked for it, or the gate's owner ends it.`)
    }
    await tx.db.updateTable('waiver').set({ state: 'ended', ended_at: atMs }).where('id', '=', id).execute()
    for (const kind of [waiverExpiresJob, waiverSoonJob]) await cancelJob(tx, kind, id)
    await say(run, 'waiver.ended', id, { by, reason: await seal(run, reason), why: 'ended' })
    await notify(run, [row.requester, row.owner, ...owners], { words: `${row.gate} is waived no more.`, subject: id })
    return oneView(run, id)
  })
}

/**
 * Nothing was waived: the proof did not come in time. What has not reached the ledger never will, and what has is said to be
 * void beside it.
 */
export async function voidWaiver(run: Act, id: string): Promise<void> {
  const { tx, atMs } = run
  const row = await tx.db
    .updateTable('waiver')
    .set({ state: 'void', ended_at: atMs })
    .where('id', '=', id)
    .where('state', '=', 'granting')
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return
  for (const { sid } of await placesOf(tx, id)) {
    await tx.db
      .updateTable('statement')
      .set({ withheld_at: atMs })
      .where('sid', '=', sid)
      .where('ledger_index', 'is', null)
      .execute()
  }
  await cancelJob(tx, waiverVoidJob, id)
  await say(run, 'waiver.ended', id, { why: 'void' })
  const words = `Nothing was waived: the ledger did not confirm the waiver of ${row.gate} in time. Ask again.`
  await notify(run, [row.requester], { words, subject: id })
}

/** First thing at start, as for grants: what a crash left without its proof is void before anything else happens. */
export function voidWaiversLeft(edge: Edge): Promise<number> {
  return act(edge, async run => {
    const rows = await run.tx.db
      .selectFrom('waiver')
      .select('id')
      .where('state', '=', 'granting')
      .where('granted_at', '<', run.atMs - logWaitSecondsMax * 1000)
      .execute()
    for (const { id } of rows) await voidWaiver(run, id)
    return rows.length
  })
}

export const waiverJobs = (edge: Edge): Record<string, JobHandler> => ({
  [waiverVoidJob]: ({ job, complete }) =>
    act(edge, async run => {
      await voidWaiver(run, job.key)
      await complete(run.tx)
    }),
  [waiverSoonJob]: ({ job, complete }) =>
    act(edge, async run => {
      const row = await waiverById(run.tx, job.key)
      if (standingOf(row, run.atMs) === 'live' && row.expires_at !== null) {
        const words = `The waiver of ${row.gate} ends at ${msToInstant(row.expires_at)}; from then on the gate is shut again.`
        await notify(run, [row.owner, row.requester], { words, subject: row.id })
      }
      await complete(run.tx)
    }),
  [waiverExpiresJob]: ({ job, complete }) =>
    act(edge, async run => {
      const row = await waiverById(run.tx, job.key)
      // The job's clock is the database's; this server's may lag behind it by a moment.
      if (row.expires_at !== null && run.atMs < row.expires_at) return { againAt: row.expires_at }
      await sayExpired(run, row)
      return complete(run.tx)
    }),
})

/** Records what time has done already. */
async function sayExpired(run: Act, row: WaiverRow): Promise<void> {
  const { numUpdatedRows } = await run.tx.db
    .updateTable('waiver')
    .set({ state: 'ended', ended_at: row.expires_at })
    .where('id', '=', row.id)
    .where('state', '=', 'live')
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) return
  await say(run, 'waiver.ended', row.id, { why: 'expired' })
  const people = [row.owner, row.requester, ...(await ownersOfGate(run, row))]
  await notify(run, people, { words: `The waiver of ${row.gate} is over; the gate is shut again.`, subject: row.id })
}

async function ownersOfGate(run: Act, { gate: name }: WaiverRow): Promise<string[]> {
  const gate = (await programInForce(run.tx))?.published.program.gates[name]
  return gate === undefined ? [] : ownersOf(run, [gate])
}
