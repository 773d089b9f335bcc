import { BreakglassError, invariant } from '@breakglass/core/errors'
import { msToInstant } from '@breakglass/verify'
import type { Selectable } from 'kysely'
import { act, type Edge } from '../../edge/edge.ts'
import {
  repositoryByKey,
  repositoryIdOf,
  repositoryNamed,
  repositoryReference,
  type RepositoryRow,
} from '../../facts/repositories.ts'
import { endTokens, issueToken } from '../../identity/credentials.ts'
import type { TokenTable } from '../../store/tables/people.ts'
import type { Rx } from '../../store/store.ts'
import type { BodyOf, ReplyOf } from './body-of.ts'

type ReporterView = ReplyOf<'endReporter'>
type TokenRow = Selectable<TokenTable>

const dayMs = 86_400_000

/** A credential for the results of one gate in one repository. Throws `not_found` for a repository nobody registered. */
export function createReporter(
  edge: Edge,
  by: string,
  { name, gate, repository: repositoryName, days }: BodyOf<'createReporter'>,
): Promise<ReplyOf<'createReporter'>> {
  return act(edge, async run => {
    const repository = await repositoryNamed(run.tx, repositoryName)
    const owner = { key: repository.key, id: repositoryIdOf(repository) }
    const issued = await issueToken(
      run,
      { kind: 'reporter', gate, repository: owner, by },
      { name, lifeMs: days * dayMs },
    )
    const row = await reporterById(run.tx, issued.id)
    return { reporter: reporterView(row, repository), token: issued.secret }
  })
}

export function listReporters(edge: Edge): Promise<ReplyOf<'listReporters'>> {
  return edge.store.read(async rx => {
    const rows = await rx.db
      .selectFrom('token')
      .selectAll()
      .where('kind', '=', 'reporter')
      .orderBy('created_at')
      .orderBy('id')
      .execute()
    const repositories = await rx.db.selectFrom('repository').selectAll().execute()
    const byKey = new Map(repositories.map(row => [row.key, row]))
    const reporters = rows.flatMap(row => {
      const repository = byKey.get(row.repository_key ?? '')
      return repository ? [reporterView(row, repository)] : []
    })
    return { reporters }
  })
}

/** Ends a reporter's credential at once; ending it again changes nothing. Receipts it was given run out by themselves. */
export function endReporter(edge: Edge, by: string, id: string): Promise<ReporterView> {
  return act(edge, async run => {
    await reporterById(run.tx, id)
    await endTokens(run, { id }, { by, why: 'ended' })
    const row = await reporterById(run.tx, id)
    return reporterView(row, await repositoryByKey(run.tx, row.repository_key ?? ''))
  })
}

async function reporterById(rx: Rx, id: string): Promise<TokenRow> {
  const row = await rx.db
    .selectFrom('token')
    .selectAll()
    .where('id', '=', id)
    .where('kind', '=', 'reporter')
    .executeTakeFirst()
  if (row) return row
  throw new BreakglassError('not_found', `There is no reporter ${id}; breakglass reporter list shows them.`)
}

function reporterView(row: TokenRow, repository: RepositoryRow): ReporterView {
  const { id, name, gate } = row
  invariant(gate !== null, 'a reporter has a gate')
  return {
    id,
    name,
    gate,
    repository: repositoryReference(repository),
    createdAt: msToInstant(row.created_at),
    expiresAt: msToInstant(row.expires_at),
    ...(row.ended_at !== null && { endedAt: msToInstant(row.ended_at) }),
  }
}
