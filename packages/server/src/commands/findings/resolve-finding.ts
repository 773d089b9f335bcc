import type { FindingView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { seal } from '../../texts/seal.ts'
import { findingById, findingViews } from './finding-view.ts'

/** Explains a finding. That closes the question, not the review. Throws `not_found`, `wrong_state`, `refused`, `admin_may_not`. */
export function resolveFinding(edge: Edge, by: string, id: string, explanation: string): Promise<FindingView> {
  return act(edge, async run => {
    const { tx, atMs } = run
    await findingById(tx, id)
    await requireMayExplain(run, by)
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

/** Who manages credentials could explain away their own; who only reads writes nothing; a bot explains nothing. */
async function requireMayExplain({ tx }: Act, by: string): Promise<void> {
  const roles = await tx.db.selectFrom('person_role').select('role').where('person_id', '=', by).execute()
  if (roles.some(({ role }) => role === 'admin')) {
    throw new BreakglassError(
      'admin_may_not',
      'An administrator explains no finding; ask whoever landed it, or its owner.',
    )
  }
  const { kind } = await tx.db.selectFrom('person').select('kind').where('id', '=', by).executeTakeFirstOrThrow()
  const isReader = roles.some(({ role }) => role === 'auditor')
  if (kind === 'human' && !isReader) return
  throw new BreakglassError('refused', 'A finding is explained by a person who works here, not by an auditor or a bot.')
}
