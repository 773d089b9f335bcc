import { msToInstant } from '@breakglass/verify'
import { z } from 'zod'
import type { Edge } from '../../edge/edge.ts'
import { repositoryReference } from '../../facts/repositories.ts'
import type { Rx } from '../../store/store.ts'
import { namesOf } from '../../views/people.ts'
import type { ReplyOf } from '../points/body-of.ts'
import { findingViews } from './finding-view.ts'

/** Enough for people to look through; evidence asks for a period instead. */
const findingsMax = 500
const driftMax = 200

const people = z.array(z.string())

type Listed = ReplyOf<'listFindings'>

/** Bypasses that were found and protection that is or was off: what is open first, then the newest. */
export function listFindings(edge: Edge): Promise<Listed> {
  return edge.store.read(async rx => {
    const rows = await rx.db
      .selectFrom('finding')
      .selectAll()
      .orderBy('detected_at', 'desc')
      .orderBy('id')
      .limit(findingsMax)
      .execute()
    const isOpen = (state: string) => (state === 'open' ? 0 : 1)
    const sorted = rows.toSorted((a, b) => isOpen(a.state) - isOpen(b.state))
    return { findings: await findingViews(rx, sorted), drift: await driftViews(rx) }
  })
}

async function driftViews(rx: Rx): Promise<Listed['drift']> {
  const rows = await rx.db
    .selectFrom('drift')
    .innerJoin('point', 'point.id', 'drift.point_id')
    .innerJoin('repository', 'repository.key', 'point.repository_key')
    .selectAll('repository')
    .select(['drift.what', 'drift.since_at', 'drift.until_at', 'drift.owner', 'drift.landings_while_off'])
    .select(['point.id as point', 'point.name as point_name'])
    .orderBy('drift.since_at', 'desc')
    .limit(driftMax)
    .execute()
  const owners = rows.map(row => people.parse(JSON.parse(row.owner)))
  const names = await namesOf(rx, owners.flat())
  const views = rows.map((row, at) => ({
    point: { id: row.point, name: row.point_name },
    repository: repositoryReference(row),
    what: row.what,
    since: msToInstant(row.since_at),
    ...(row.until_at !== null && { until: msToInstant(row.until_at) }),
    owner: (owners[at] ?? []).map(names),
    landingsWhileOff: row.landings_while_off,
  }))
  return views.toSorted((a, b) => ('until' in a ? 1 : 0) - ('until' in b ? 1 : 0))
}
