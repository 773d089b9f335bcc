import type { driftView } from '@breakglass/core/contract'
import { msToInstant } from '@breakglass/verify'
import { z } from 'zod'
import { repositoryReference } from '../facts/repositories.ts'
import type { Rx } from '../store/store.ts'
import { namesOf } from './people.ts'

export type DriftView = z.infer<typeof driftView>

const people = z.array(z.string())

/** Protection that is off at this moment, the newest first. It stays here until it is seen to be whole. */
export async function openDriftViews(rx: Rx): Promise<DriftView[]> {
  const rows = await rx.db
    .selectFrom('drift')
    .innerJoin('point', 'point.id', 'drift.point_id')
    .innerJoin('repository', 'repository.key', 'point.repository_key')
    .selectAll('repository')
    .select(['drift.point_id', 'drift.what', 'drift.since_at', 'drift.owner', 'drift.landings_while_off'])
    .select('point.name as point_name')
    .where('drift.until_at', 'is', null)
    .orderBy('drift.since_at', 'desc')
    .orderBy('drift.id')
    .execute()
  const owners = rows.map(row => people.parse(JSON.parse(row.owner)))
  const names = await namesOf(rx, owners.flat())
  return rows.map((row, at) => ({
    point: { id: row.point_id, name: row.point_name },
    repository: repositoryReference(row),
    what: row.what,
    since: msToInstant(row.since_at),
    owner: (owners[at] ?? []).map(names),
    landingsWhileOff: row.landings_while_off,
  }))
}
