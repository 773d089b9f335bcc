import { invariant } from '@breakglass/core/errors'
import { isDigest } from '@breakglass/verify'
import { type Act, say } from '../../edge/edge.ts'
import { repositoryByKey, repositoryIdOf } from '../../facts/repositories.ts'
import { notify } from '../../tell/tell.ts'
import type { DecidedAgain } from './decide-again.ts'
import { changeOf, type GrantRow } from './grant-row.ts'

/** The edges `refuse again` and `give up`: a request that waited is refused by fresh facts, or because nobody came. */
export async function refuseWaiting(run: Act, row: GrantRow, again: DecidedAgain): Promise<void> {
  const { decision } = again
  invariant(decision.outcome === 'refused' && isDigest(row.justification_commit), 'the decision refuses')
  const { numUpdatedRows } = await run.tx.db
    .updateTable('glass')
    .set({
      state: 'refused',
      refusal_code: decision.code,
      refusal_remedy: decision.remedy,
      reasons_digest: again.reasons.digest,
      roster_digest: again.roster.digest,
    })
    .where('id', '=', row.id)
    .where('state', '=', 'waiting')
    .executeTakeFirst()
  invariant(numUpdatedRows === 1n, `${row.id} was waiting`)
  await say(run, 'glass.refused', row.id, {
    request: row.request_id,
    gate: row.gate,
    repository: repositoryIdOf(await repositoryByKey(run.tx, row.repository_key)),
    ...(row.ref !== null && { ref: row.ref }),
    change: changeOf(row),
    at: row.at_point,
    mode: row.mode,
    justification: { commit: row.justification_commit },
    program: again.program.published.digest,
    reasons: again.reasons,
    roster: again.roster,
    code: decision.code,
    actor: row.actor,
    ...(row.incident_id !== null && { incident: row.incident_id }),
  })
  await notify(run, [row.actor], {
    words: `Not opened: ${row.gate}. ${decision.remedy}`.slice(0, 500),
    subject: row.id,
  })
}
