import { invariant } from '@breakglass/core/errors'
import { logWaitSecondsMax } from '@breakglass/core/grant'
import type { StatementBody } from '@breakglass/core/statement'
import {
  checkWitnessed,
  type Digest,
  isDigest,
  msToInstant,
  openCheckpoint,
  parseTlogProof,
  policyHasWitnesses,
  type TrustPolicy,
} from '@breakglass/verify'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { cancelJob, enqueue } from '../../jobs/queue.ts'
import type { JobHandler } from '../../jobs/runner.ts'
import type { Rx } from '../../store/store.ts'
import { notify } from '../../tell/tell.ts'
import { type GrantRow, grantById, toldOf } from './grant-row.ts'
import { expireJob, voidJob } from './grant-now.ts'

/** "Commit, then log, or void" (docs/decisions/0006): what becomes of a grant once it is signed. */

/** An append that was on its way when the grant became void has arrived by then, or never will. */
const settleMs = 5000

/** Asks the ledger what it holds of a void grant, and says on the record that nobody may use it. */
export const announceVoidJob = 'glass.announce_void'

/**
 * The edge `go live`, in the transaction that stores the proof. A proof that comes after the time to wait is over changes
 * nothing for the better: a gate never opens unasked, later. Nor does one whose cosignatures are timed too far from the grant: no
 * enforcement point would take it (docs/formats/grant.md).
 */
export async function goLive(
  run: Act,
  grant: string,
  { index, policy }: { index: number; policy: TrustPolicy },
): Promise<void> {
  const { tx, atMs } = run
  if (!(await isWitnessedInTime(run, grant, policy))) {
    await voidGrant(run, grant, 'no_proof_in_time', index)
    return
  }
  const { numUpdatedRows } = await tx.db
    .updateTable('glass')
    .set({ state: 'live', live_at: atMs })
    .where('id', '=', grant)
    .where('state', '=', 'granted')
    .where('granted_at', '>=', atMs - logWaitSecondsMax * 1000)
    .executeTakeFirst()
  if (numUpdatedRows === 1n) {
    await cancelJob(tx, voidJob, grant)
    const row = await grantById(tx, grant)
    await notify(run, toldOf(row), { words: `Glass was broken: ${row.gate} is open for one change.`, subject: grant })
    // Who waited for a second person may have left; whoever asked just now is answered directly.
    const waited = row.second_person === 'not_needed' ? [] : [row.actor]
    await notify(run, waited, { words: `Open: ${row.gate}, for your change.`, subject: grant })
    return
  }
  await voidGrant(run, grant, 'no_proof_in_time', index)
}

async function isWitnessedInTime({ tx }: Act, grant: string, policy: TrustPolicy): Promise<boolean> {
  if (!policyHasWitnesses(policy)) return true
  const row = await tx.db
    .selectFrom('glass')
    .innerJoin('statement', 'statement.sid', 'glass.granted_sid')
    .select(['glass.granted_at', 'statement.proof'])
    .where('glass.id', '=', grant)
    .executeTakeFirst()
  const proof = parseTlogProof(row?.proof ?? '')
  const checkpoint = proof.ok ? openCheckpoint(proof.value.checkpoint, policy) : undefined
  if (!checkpoint?.ok || typeof row?.granted_at !== 'number') return false
  return checkWitnessed(checkpoint.value, policy, msToInstant(row.granted_at)).length === 0
}

type VoidWhy = StatementBody<'glass.voided'>['why']

/**
 * The edge `void`. Says whether it was this call that voided it: a grant that went live meanwhile stays so. Its statement is
 * withheld unless the ledger holds it already, and its review is closed by the system.
 */
export async function voidGrant(run: Act, grant: string, why: VoidWhy, index?: number): Promise<boolean> {
  const { tx, atMs } = run
  const row = await tx.db
    .updateTable('glass')
    .set({ state: 'void' })
    .where('id', '=', grant)
    .where('state', '=', 'granted')
    .returningAll()
    .executeTakeFirst()
  if (!row) return false
  await tx.db
    .updateTable('statement')
    .set({ withheld_at: atMs })
    .where('sid', '=', row.granted_sid)
    .where('ledger_index', 'is', null)
    .execute()
  const words = `Nothing was opened: the ledger did not confirm the grant for ${row.gate} in time. Ask again.`
  await notify(run, [row.actor], { words, subject: grant })
  await closeReview(run, grant)
  await cancelJob(tx, expireJob, grant)
  await cancelJob(tx, voidJob, grant)
  if (index !== undefined) await sayVoided(run, row, why, index)
  else {
    const job = { id: run.newId('job'), kind: announceVoidJob, key: grant, payload: why, runAt: atMs + settleMs }
    await enqueue(tx, { ...job, attemptsMax: 10_000 })
  }
  return true
}

async function closeReview(run: Act, grant: string): Promise<void> {
  const review = await run.tx.db
    .updateTable('review')
    .set({ state: 'closed_by_system' })
    .where('grant_id', '=', grant)
    .where('state', '=', 'awaiting_shut')
    .returning('id')
    .executeTakeFirst()
  if (review) await say(run, 'review.closed_by_system', review.id, { why: 'grant_void' })
}

async function sayVoided(run: Act, row: GrantRow, why: VoidWhy, index: number | undefined): Promise<void> {
  const { leaf } = await grantedStatement(run.tx, row)
  await say(run, 'glass.voided', row.id, { granted: leaf, ...(index !== undefined && { index }), why })
}

async function grantedStatement(rx: Rx, row: GrantRow): Promise<{ leaf: Digest; jws: string }> {
  const statement = await rx.db
    .selectFrom('statement')
    .select(['leaf', 'jws'])
    .where('sid', '=', row.granted_sid)
    .executeTakeFirst()
  invariant(statement && isDigest(statement.leaf), `${row.id} was granted with a statement`)
  return { leaf: statement.leaf, jws: statement.jws }
}

/** No proof came while somebody waited, or the server died in between: void, at the latest here. */
export const voidLate =
  (edge: Edge): JobHandler =>
  async ({ job, complete }) =>
    act(edge, async run => {
      await voidGrant(run, job.key, 'no_proof_in_time')
      await complete(run.tx)
    })

/** The ledger is asked by leaf hash outside the transaction; while it does not answer, the job tries again. */
export const announceVoid =
  (edge: Edge): JobHandler =>
  async ({ job, complete }) => {
    const { jws } = await edge.store.read(async rx => grantedStatement(rx, await grantById(rx, job.key)))
    const found = await edge.ledger.find(jws)
    await act(edge, async run => {
      const why: VoidWhy = job.payload === 'found_at_start' ? 'found_at_start' : 'no_proof_in_time'
      await sayVoided(run, await grantById(run.tx, job.key), why, found?.index)
      await complete(run.tx)
    })
  }

/** First thing at start: whatever a crash left granted past the deadline is void before anything else happens. */
export function voidLeftOpen(edge: Edge): Promise<number> {
  return act(edge, async run => {
    const rows = await run.tx.db
      .selectFrom('glass')
      .select('id')
      .where('state', '=', 'granted')
      .where('granted_at', '<', run.atMs - logWaitSecondsMax * 1000)
      .execute()
    for (const { id } of rows) await voidGrant(run, id, 'found_at_start')
    return rows.length
  })
}
