import type { PointView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { msToInstant } from '@breakglass/verify'
import type { PointRow } from '../../facts/point.ts'
import { type RepositoryRow, repositoryReference } from '../../facts/repositories.ts'
import type { Rx } from '../../store/store.ts'

/** The point behind a credential. Throws `not_allowed`. */
export async function pointById(rx: Rx, id: string): Promise<PointRow> {
  const row = await rx.db
    .selectFrom('point')
    .selectAll()
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (row) return row
  throw new BreakglassError('not_allowed', `The enforcement point ${id} was ended; register a new one.`)
}

export function pointView(row: PointRow, repository: RepositoryRow): PointView {
  const { id, name, kind, enforcement } = row
  return {
    id,
    name,
    kind,
    enforcement,
    repository: repositoryReference(repository),
    registeredAt: msToInstant(row.registered_at),
    ...(row.last_seen_at !== null && { lastSeenAt: msToInstant(row.last_seen_at) }),
  }
}
