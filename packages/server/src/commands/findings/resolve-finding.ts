import type { FindingView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { act, type Edge, say } from '../../edge/edge.ts'
import { requireActing } from '../../identity/require-acting.ts'
import { seal } from '../../texts/seal.ts'
import { findingById, findingViews } from './finding-view.ts'

/** Explains a finding. That closes the question, not the review. Throws `not_found`, `wrong_state`, `refused`, `admin_may_not`. */
export function resolveFinding(edge: Edge, by: string, id: string, explanation: string): Promise<FindingView> {
  return act(edge, async run => {
    const { tx, atMs } = run
    await findingById(tx, id)
    await requireActing(tx, by, 'explains no finding')
    const sealed = await seal(run, explanation)
    const { numUpdatedRows } = await tx.db
      .updateTable('finding')
      .set({ state: 'resolved', resolution_commit: sealed.commit, resolved_at: atMs })
      .where('id', '=', id)
      .where('state', '=', 'open')
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new BreakglassError('wrong_state', `${id} was explained already.`)
    await say(run, 'finding.resolved', id, { by, explanation: sealed })
    const [view] = await findingViews(tx, [await findingById(tx, id)])
    if (!view) throw new BreakglassError('internal', `The finding ${id} cannot be shown.`)
    return view
  })
}
