import type { driftView, FindingView } from '@breakglass/core/contract'
import { invariant } from '@breakglass/core/errors'
import { msToInstant } from '@breakglass/verify'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { repositoryReference } from '../facts/repositories.ts'
import type { FindingTable } from '../store/schema.ts'
import type { Rx } from '../store/store.ts'
import { chunks, openSealed } from '../texts/seal.ts'
import { namesOf } from './people.ts'

export type DriftView = z.infer<typeof driftView>
type FindingRow = Selectable<FindingTable>

const listMax = 500
const texts = z.array(z.string())

/** Findings, the newest first; all of them, the open ones, or one by id. */
export async function findingViews(rx: Rx, which: 'all' | 'open' | { id: string }): Promise<FindingView[]> {
  const rows = await rx.db
    .selectFrom('finding')
    .selectAll()
    .$if(which === 'open', query => query.where('state', '=', 'open'))
    .$if(typeof which === 'object', query => query.where('id', '=', typeof which === 'object' ? which.id : ''))
    .orderBy('detected_at', 'desc')
    .orderBy('id')
    .limit(listMax)
    .execute()
  const repositories = await repositoriesOf(rx)
  const resolutions = await openSealed(
    rx,
    rows.flatMap(({ resolution_commit }) => resolution_commit ?? []),
  )
  const reviews = await reviewsOf(rx, rows)
  return rows.map(row => {
    const resolution =
      row.resolution_commit === null ? undefined : (resolutions.get(row.resolution_commit) ?? '(erased)')
    const review = reviews.get(row.id)
    return {
      id: row.id,
      kind: row.kind,
      confidence: row.confidence,
      repository: repositories(row.repository_key),
      ref: row.ref,
      ...(row.old !== null && { old: row.old }),
      ...(row.new !== null && { new: row.new }),
      gates: texts.parse(JSON.parse(row.gates)),
      whileOff: row.while_off === 1,
      detectedAt: msToInstant(row.detected_at),
      state: row.state,
      ...(resolution !== undefined && { resolution }),
      ...(review !== undefined && { review }),
    }
  })
}

async function reviewsOf(rx: Rx, rows: readonly FindingRow[]): Promise<Map<string, string>> {
  const reviews = new Map<string, string>()
  for (const part of chunks(rows.map(({ id }) => id))) {
    const found = await rx.db.selectFrom('review').select(['id', 'subject']).where('subject', 'in', part).execute()
    for (const { id, subject } of found) reviews.set(subject, id)
  }
  return reviews
}

/** Protection that is or was off, the newest first. */
export async function driftViews(rx: Rx, which: 'all' | 'open'): Promise<DriftView[]> {
  const rows = await rx.db
    .selectFrom('drift')
    .innerJoin('point', 'point.id', 'drift.point_id')
    .selectAll('drift')
    .select(['point.name', 'point.repository_key'])
    .$if(which === 'open', query => query.where('drift.until_at', 'is', null))
    .orderBy('drift.since_at', 'desc')
    .orderBy('drift.id')
    .limit(listMax)
    .execute()
  const repositories = await repositoriesOf(rx)
  const owners = rows.map(row => texts.parse(JSON.parse(row.owner)))
  const names = await namesOf(rx, owners.flat())
  return rows.map((row, at) => ({
    point: { id: row.point_id, name: row.name },
    repository: repositories(row.repository_key),
    what: row.what,
    since: msToInstant(row.since_at),
    ...(row.until_at !== null && { until: msToInstant(row.until_at) }),
    owner: (owners[at] ?? []).map(names),
    landingsWhileOff: row.landings_while_off,
  }))
}

async function repositoriesOf(rx: Rx) {
  const rows = await rx.db.selectFrom('repository').selectAll().execute()
  const byKey = new Map(rows.map(row => [row.key, repositoryReference(row)]))
  return (key: string) => {
    const repository = byKey.get(key)
    invariant(repository, `the repository ${key} is registered`)
    return repository
  }
}
