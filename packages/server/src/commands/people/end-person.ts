import type { PersonView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { act, type Edge, say } from '../../edge/edge.ts'
import { endInvitations, endTokens } from '../../identity/credentials.ts'
import { personView } from '../../views/people.ts'

/**
 * Ends a person: every token and link stops at once; what they did stays on record. Nobody ends themselves, so that the
 * last administrator cannot lock everybody out. Throws `not_found`, `wrong_state`, `bad_input`.
 */
export function endPerson(edge: Edge, by: string, person: string): Promise<PersonView> {
  return act(edge, async run => {
    if (by === person)
      throw new BreakglassError('bad_input', 'Nobody ends themselves; another administrator does that.')
    const { numUpdatedRows } = await run.tx.db
      .updateTable('person')
      .set({ state: 'ended', ended_at: run.atMs })
      .where('id', '=', person)
      .where('state', '!=', 'ended')
      .executeTakeFirst()
    const view = await personView(run.tx, person)
    if (numUpdatedRows !== 1n) throw new BreakglassError('wrong_state', `${view.name} was ended already.`)
    await endTokens(run, { person }, { by, why: 'person_ended' })
    await endInvitations(run, { person }, { by, why: 'person_ended' })
    await say(run, 'identity.ended', person, { by })
    return view
  })
}
