import type { driftView } from '@breakglass/core/contract'
import { msToInstant } from '@breakglass/verify'
import { z } from 'zod'
import { repositoryReference } from '../facts/repositories.ts'
import type { Rx } from '../store/store.ts'
import { namesOf } from './people.ts'

export type DriftView = z.infer<typeof driftView>

const people = z.array(z.string())
const listMax = 200

/**
 * Protection that is off, the newest first; with `ended` also what was, after it. What is off stays here until it is seen to
 * be whole.
 */
export async function driftViews(rx: Rx, { ended }: { ended: boolean }): Promise<DriftView[]> {
  const rows = await rx.db
    .selectFrom('drift')
    .innerJoin('point', 'point.id', 'drift.point_id')
    .innerJoin('repository', 'repository.key', 'point.repository_key')
    .selectAll('repository')
    .select(['drift.point_id', 'drift.what', 'drift.since_at', 'drift.until_at', 'drift.owner', 'drift.gates'])
    .select(['drift.landings_while_off', 'point.name as point_name'])
    .$if(!ended, query => query.where('drift.until_at', 'is', null))
    .orderBy('drift.since_at', 'desc')
    .orderBy('drift.id')
    .limit(listMax)
    .execute()
  const owners = rows.map(row => people.parse(JSON.parse(row.owner)))
  const names = await namesOf(rx, owners.flat())
  const views = rows.map((row, at) => ({
    point: { id: row.point_id, name: row.point_name },
    repository: repositoryReference(row),
    what: row.what,
    ...(row.gates !== null && { gates: people.parse(JSON.parse(row.gates)) }),
    since: msToInstant(row.since_at),
    ...(row.until_at !== null && { until: msToInstant(row.until_at) }),
    owner: (owners[at] ?? []).map(names),
    landingsWhileOff: row.landings_while_off,
  }))
  return views.toSorted((a, b) => ('until' in a ? 1 : 0) - ('until' in b ? 1 : 0))
}
