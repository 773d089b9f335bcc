import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { repositoryIdOf, repositoryNamed } from '../../facts/repositories.ts'
import { oneIncidentView } from '../../views/incident-view.ts'
import type { BodyOf, ReplyOf } from '../points/body-of.ts'

interface Cause {
  incident: string
  repository: string
  commit: string
}

/**
 * A landing is a cause of an incident, or is not after all. Everybody signed in may say so, mostly in the review after it,
 * and each word is on the record. It counts as harm of that landing (docs/landings.md "Harm"). Throws `not_found`.
 */
export function nameCause(
  edge: Edge,
  by: string,
  id: string,
  { repository: named, commit, withdrawn }: BodyOf<'nameCause'>,
): Promise<ReplyOf<'nameCause'>> {
  return act(edge, async run => {
    await oneIncidentView(run.tx, id)
    const repository = await repositoryNamed(run.tx, named)
    const cause = { incident: id, repository: repository.key, commit }
    const changed = withdrawn ? await withdraw(run, cause) : await name(run, cause, by)
    if (changed) {
      const said = { by, repository: repositoryIdOf(repository), commit }
      await say(run, 'incident.cause', id, withdrawn ? { ...said, withdrawn } : said)
    }
    return { incident: await oneIncidentView(run.tx, id), landings: await landingsAt(run, cause), already: !changed }
  })
}

async function name({ tx, atMs }: Act, { incident, repository, commit }: Cause, by: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('incident_cause')
    .values({ incident_id: incident, repository_key: repository, commit_id: commit, named_by: by, at: atMs })
    .onConflict(on => on.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

async function withdraw({ tx }: Act, { incident, repository, commit }: Cause): Promise<boolean> {
  const { numDeletedRows } = await tx.db
    .deleteFrom('incident_cause')
    .where('incident_id', '=', incident)
    .where('repository_key', '=', repository)
    .where('commit_id', '=', commit)
    .executeTakeFirst()
  return numDeletedRows === 1n
}

async function landingsAt({ tx }: Act, { repository, commit }: Cause): Promise<number> {
  const { count } = await tx.db
    .selectFrom('landing')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('repository_key', '=', repository)
    .where('after', '=', commit)
    .executeTakeFirstOrThrow()
  return Number(count)
}
