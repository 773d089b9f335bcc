import type { Facts } from '@breakglass/core/decide'
import { BreakglassError } from '@breakglass/core/errors'
import type { ResolvedGate } from '@breakglass/core/program'
import type { Selectable } from 'kysely'
import type { PointTable } from '../store/tables/points.ts'
import type { Rx } from '../store/store.ts'
import { repositoryByKey, repositoryIdOf, type RepositoryRow } from './repositories.ts'

export type PointRow = Selectable<PointTable>
type Boundary = ResolvedGate['boundary']

/** A hook and a required check stand where refs advance; a job in CI can stand before anything that it starts. */
const boundariesOf: Record<PointRow['kind'], readonly Boundary[]> = {
  git_hook: ['merge'],
  github: ['merge'],
  ci: ['merge', 'deploy', 'operate'],
}

export async function pointFact(rx: Rx, id: string): Promise<Facts['point']> {
  const row = await rx.db
    .selectFrom('point')
    .selectAll()
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (!row) return { id, known: false, boundaries: [], enforcement: 'cooperative', offlineCapable: false }
  const repository = repositoryIdOf(await repositoryByKey(rx, row.repository_key))
  // Each keeps a durable journal of its own, so each can count offline uses itself; what keeps a check asks for each answer.
  return {
    id,
    known: true,
    repository,
    boundaries: boundariesOf[row.kind],
    enforcement: row.enforcement,
    offlineCapable: row.kind !== 'github',
  }
}

/** The one enforcement point of a repository at a boundary, where the request names none. Throws `bad_input`, `not_found`. */
export async function onlyPointOf(rx: Rx, repository: RepositoryRow, boundary: Boundary): Promise<string> {
  const rows = await rx.db
    .selectFrom('point')
    .select(['id', 'name', 'kind'])
    .where('repository_key', '=', repository.key)
    .where('ended_at', 'is', null)
    .orderBy('registered_at')
    .execute()
  const standing = rows.filter(row => boundariesOf[row.kind].includes(boundary))
  // A hook or a required check enforces and a job may only cooperate: where there is one such at the boundary, it is meant.
  const hooks = standing.filter(row => row.kind !== 'ci')
  const [only, ...others] = hooks.length === 1 ? hooks : standing
  if (only && others.length === 0) return only.id
  if (only) {
    const named = standing.map(({ id, name }) => `${id} (${name})`)
    throw new BreakglassError('bad_input', {
      message: `${repository.name} has several enforcement points at the ${boundary} boundary; name one with --at: ${named.join(', ')}.`,
      data: { points: standing.map(({ id, name }) => ({ id, name })) },
    })
  }
  throw new BreakglassError('not_found', {
    message: `${repository.name} has no enforcement point at the ${boundary} boundary, so nothing there could accept a grant. Register one first: breakglass hook install, breakglass github install, or breakglass gate install.`,
  })
}
