import type { GrantView } from '@breakglass/core/contract'
import { possibleApprovers, renderReasons } from '@breakglass/core/decide'
import { BreakglassError } from '@breakglass/core/errors'
import { grantCan } from '@breakglass/core/grant'
import type { Act, Edge } from '../../edge/edge.ts'
import { act, say } from '../../edge/edge.ts'
import { cancelJob } from '../../jobs/queue.ts'
import type { JobHandler } from '../../jobs/runner.ts'
import { notify } from '../../tell/tell.ts'
import { seal } from '../../texts/seal.ts'
import { oneGrantView } from '../../views/grant-view.ts'
import { type DecidedAgain, decideAgain } from './decide-again.ts'
import { type GrantRow, grantById } from './grant-row.ts'
import { grantNow } from './grant-now.ts'
import { settle, waitOverJob } from './open-glass.ts'
import { refuseWaiting } from './refuse-waiting.ts'

/**
 * The edge `approve`, and with it `grant` or `refuse again`: the decision is made with the approval and fresh facts before
 * anything is written. Throws `not_found`, `wrong_state`, `refused` (may not be the second person), `ledger_unavailable`.
 */
export async function approveGrant(edge: Edge, person: string, id: string): Promise<GrantView> {
  const clockSkewMs = edge.clockSkewMs()
  await act(edge, async run => {
    const row = await waitingRow(run, id, 'approve')
    const again = await decideAgain(run, row, { clockSkewMs, over: false, approver: person })
    requireSecondPerson(again, row, person)
    await say(run, 'glass.approved', id, { by: person, roster: again.roster })
    await cancelJob(run.tx, waitOverJob, id)
    await answer(run, row, again)
  })
  await settle(edge, [id])
  return viewOf(edge, id)
}

/** The edge `decline`. Throws `not_found`, `wrong_state`, `refused`. */
export async function declineGrant(edge: Edge, person: string, id: string, reason: string): Promise<GrantView> {
  const clockSkewMs = edge.clockSkewMs()
  await act(edge, async run => {
    const row = await waitingRow(run, id, 'decline')
    requireSecondPerson(await decideAgain(run, row, { clockSkewMs, over: false, approver: person }), row, person)
    await leaveWaiting(run, id, 'declined')
    await say(run, 'glass.declined', id, { by: person, reason: await seal(run, reason) })
    await notify(run, [row.actor], { words: `Declined: ${row.gate} stays shut.`, subject: id })
  })
  return viewOf(edge, id)
}

/** The edge `withdraw`. Throws `not_found`, `wrong_state`, `refused`. */
export async function withdrawGrant(edge: Edge, person: string, id: string): Promise<GrantView> {
  await act(edge, async run => {
    const row = await waitingRow(run, id, 'withdraw')
    if (row.actor !== person) {
      throw new BreakglassError('refused', 'Only who asked can withdraw it; a second person declines it instead.')
    }
    await leaveWaiting(run, id, 'withdrawn')
    await say(run, 'glass.withdrawn', id, { by: person })
  })
  return viewOf(edge, id)
}

/** The wait is over: `go solo` where the program says so, else `give up`; decided again with fresh facts. */
export const waitOver =
  (edge: Edge): JobHandler =>
  async ({ job, complete }) => {
    const clockSkewMs = edge.clockSkewMs()
    await act(edge, async run => {
      const row = await grantById(run.tx, job.key)
      if (row.state === 'waiting') {
        const again = await decideAgain(run, row, { clockSkewMs, over: true })
        if (again.decision.outcome === 'granted' && again.decision.terms.secondPerson === 'went_solo') {
          await say(run, 'glass.went_solo', row.id, wentSolo(run, row, again))
        }
        await answer(run, row, again)
      }
      await complete(run.tx)
    })
    await settle(edge, [job.key]).catch(ignoreVoid)
  }

/** Nobody waits for this answer: the row says `void`, and the person was told. */
function ignoreVoid(failure: unknown): void {
  if (!(failure instanceof BreakglassError) || failure.code !== 'ledger_unavailable') throw failure
}

async function answer(run: Act, row: GrantRow, again: DecidedAgain): Promise<void> {
  const { decision } = again
  if (decision.outcome === 'refused') return refuseWaiting(run, row, again)
  if (decision.outcome === 'waiting') throw new Error('invariant: what was approved or waited for is decided')
  await run.tx.db
    .updateTable('glass')
    .set({
      program_digest: again.program.published.digest,
      ttl_seconds: decision.terms.ttlSeconds,
      uses: decision.terms.uses,
    })
    .where('id', '=', row.id)
    .execute()
  await grantNow(run, await grantById(run.tx, row.id), { ...again, decision })
}

function wentSolo(run: Act, row: GrantRow, { way, facts }: DecidedAgain) {
  const sinceMs = row.waiting_since_at ?? run.atMs
  return {
    waitingSince: new Date(sinceMs).toISOString(),
    waitedSeconds: Math.floor((run.atMs - sinceMs) / 1000),
    mayApprove: way ? possibleApprovers(way, facts) : [],
  }
}

async function waitingRow(run: Act, id: string, verb: 'approve' | 'decline' | 'withdraw'): Promise<GrantRow> {
  const row = await grantById(run.tx, id)
  if (grantCan[verb](row)) return row
  throw new BreakglassError('wrong_state', {
    message: `${id} is ${row.state}; there is nothing to ${verb} any more.`,
    data: { state: row.state },
  })
}

/** Default deny: only somebody whom the program lets approve, and never the actor, an author, an admin or a bot. */
function requireSecondPerson({ way, facts, decision }: DecidedAgain, row: GrantRow, person: string): void {
  if (person === row.actor)
    throw new BreakglassError('refused', 'You asked for it yourself; a second person is somebody else.')
  if (way && possibleApprovers(way, facts).includes(person)) return
  if (facts.authors !== 'unknown' && facts.authors.includes(person)) {
    throw new BreakglassError('refused', 'You wrote this change; a second person is somebody who did not.')
  }
  if (facts.mayNotApprove?.includes(person)) {
    throw new BreakglassError('admin_may_not', 'An administrator or a bot is never the second person.')
  }
  throw new BreakglassError('refused', {
    message: `The program names ${way?.approvers.join(', ') ?? 'nobody'} to approve this gate, and you are not among them now.`,
    data: { reasons: renderReasons(decision.reasons) },
  })
}

async function leaveWaiting(run: Act, id: string, state: 'declined' | 'withdrawn'): Promise<void> {
  const { numUpdatedRows } = await run.tx.db
    .updateTable('glass')
    .set({ state })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new BreakglassError('wrong_state', `${id} does not wait any more.`)
  await cancelJob(run.tx, waitOverJob, id)
}

const viewOf = (edge: Edge, id: string): Promise<GrantView> =>
  edge.store.read(async rx => oneGrantView(rx, await grantById(rx, id), edge.nowMs()))
