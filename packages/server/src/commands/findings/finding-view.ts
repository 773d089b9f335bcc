import type { FindingView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { msToInstant } from '@breakglass/verify'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { repositoryReference } from '../../facts/repositories.ts'
import type { FindingTable } from '../../store/tables/reviews.ts'
import type { Rx } from '../../store/store.ts'
import { chunks } from '../../store/chunks.ts'
import { openSealed } from '../../texts/seal.ts'

export type FindingRow = Selectable<FindingTable>

const names = z.array(z.string())

/** Throws `not_found`. */
export async function findingById(rx: Rx, id: string): Promise<FindingRow> {
  const row = await rx.db.selectFrom('finding').selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  throw new BreakglassError('not_found', `There is no finding ${id}; breakglass finding list shows them.`)
}

/** Findings as people see them, in the order given. */
export async function findingViews(rx: Rx, rows: readonly FindingRow[]): Promise<FindingView[]> {
  const repositories = await rx.db.selectFrom('repository').selectAll().execute()
  const byKey = new Map(repositories.map(row => [row.key, repositoryReference(row)]))
  const texts = await openSealed(
    rx,
    rows.flatMap(({ resolution_commit }) => resolution_commit ?? []),
  )
  const reviews = await reviewsOf(rx, rows)
  return rows.flatMap(row => {
    const repository = byKey.get(row.repository_key)
    const review = reviews.get(row.id)
    const resolution = texts.get(row.resolution_commit ?? '')
    if (!repository) return []
    return [
      {
        id: row.id,
        kind: row.kind,
        confidence: row.confidence,
        repository,
        ref: row.ref,
        ...(row.old !== null && { old: row.old }),
        ...(row.new !== null && { new: row.new }),
        gates: names.parse(JSON.parse(row.gates)),
        whileOff: row.while_off === 1,
        detectedAt: msToInstant(row.detected_at),
        state: row.state,
        ...(typeof resolution === 'string' && { resolution }),
        ...(review !== undefined && { review }),
      },
    ]
  })
}

async function reviewsOf(rx: Rx, rows: readonly FindingRow[]): Promise<Map<string, string>> {
  const reviews = new Map<string, string>()
  for (const part of chunks(rows)) {
    const found = await rx.db
      .selectFrom('review')
      .select(['id', 'subject'])
      .where('of', 'in', ['finding', 'late_use'])
      .where(
        'subject',
        'in',
        part.map(({ id }) => id),
      )
      .execute()
    for (const { id, subject } of found) reviews.set(subject, id)
  }
  return reviews
}
