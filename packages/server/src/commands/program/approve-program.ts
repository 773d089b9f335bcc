import type { ProgramVersionView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { classifyChange } from '@breakglass/core/program'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { type ProgramVersionRow, programInForce, publishedOf } from '../../facts/program.ts'
import { programVersionView } from '../../views/program-view.ts'
import { approvalsNeeded, countedApprovers, requireOwner } from './owners.ts'
import { waitForEffect } from './publish-program.ts'
import { approversOfVersion, publishIfReady } from './take-effect.ts'

/**
 * Signs a version as another owner. Throws `not_found`, `wrong_state`, `refused` (the only one who gains by it),
 * `admin_may_not`, `not_allowed`, `ledger_unavailable`.
 */
export async function approveProgram(edge: Edge, person: string, digest: string): Promise<ProgramVersionView> {
  const { id, sid } = await act(edge, async run => {
    const row = await openVersion(run, digest)
    const current = await programInForce(run.tx)
    await requireOwner(run, current, person)
    const approvers = approversOfVersion(row)
    if (approvers.includes(person)) throw new BreakglassError('wrong_state', 'You have signed this version already.')
    const change = classifyChange(current?.published.program, (await publishedOf(run.tx, row)).program)
    const counted = await countedApprovers(run, current, change, [...approvers, person])
    if (!counted.includes(person)) {
      throw new BreakglassError('refused', 'You alone would gain by a part of this change; two other owners sign it.')
    }
    await run.tx.db
      .updateTable('program_version')
      .set({ approvers: JSON.stringify(counted) })
      .where('id', '=', row.id)
      .execute()
    await say(run, 'program.approved', row.id, {
      by: person,
      program: row.digest,
      approvals: counted.length,
      approvalsNeeded: approvalsNeeded(change),
    })
    return { id: row.id, sid: await publishIfReady(run, row.id) }
  })
  if (sid !== undefined) await waitForEffect(edge, sid)
  return edge.store.read(rx => programVersionView(rx, id))
}

/** Takes a version back before it is signed as published. Throws `not_found`, `wrong_state`, `not_allowed`. */
export async function withdrawProgram(edge: Edge, person: string, digest: string): Promise<ProgramVersionView> {
  const id = await act(edge, async run => {
    const row = await openVersion(run, digest)
    await requireOwner(run, await programInForce(run.tx), person)
    await run.tx.db.updateTable('program_version').set({ state: 'withdrawn' }).where('id', '=', row.id).execute()
    await say(run, 'program.withdrawn', row.id, { by: person, program: row.digest })
    return row.id
  })
  return edge.store.read(rx => programVersionView(rx, id))
}

async function openVersion({ tx }: Act, digest: string): Promise<ProgramVersionRow> {
  const rows = await tx.db
    .selectFrom('program_version')
    .selectAll()
    .where('digest', '=', digest)
    .orderBy('proposed_at', 'desc')
    .execute()
  const open = rows.find(row => (row.state === 'proposed' || row.state === 'waiting') && row.statement_sid === null)
  if (open) return open
  const [newest] = rows
  if (!newest) throw new BreakglassError('not_found', `No version of the program has the digest ${digest}.`)
  throw new BreakglassError('wrong_state', {
    message: `That version is ${newest.state === 'waiting' ? 'signed and on its way into force' : newest.state}; it waits for nobody.`,
    data: { state: newest.state },
  })
}
