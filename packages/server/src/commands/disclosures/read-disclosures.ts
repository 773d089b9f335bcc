import type { DisclosureView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { msToInstant } from '@breakglass/verify'
import type { Edge } from '../../edge/edge.ts'
import { gatesOwnedBy } from '../../facts/owned-gates.ts'
import { repositoryReference } from '../../facts/repositories.ts'
import type { Rx } from '../../store/store.ts'
import { openSealed } from '../../texts/seal.ts'
import { namesOf } from '../../views/people.ts'
import type { ReplyOf } from '../points/body-of.ts'
import { type DisclosureRow, gatesOf } from './disclosed.ts'

const disclosuresMax = 500

/** Throws `not_found`. */
export async function disclosureById(rx: Rx, id: string): Promise<DisclosureRow> {
  const row = await rx.db.selectFrom('disclosure').selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  throw new BreakglassError('not_found', `There is no disclosure ${id}; breakglass disclosure list shows them.`)
}

/** The newest first. */
export function listDisclosures(edge: Edge, caller: string): Promise<ReplyOf<'listDisclosures'>> {
  const nowMs = edge.nowMs()
  return edge.store.read(async rx => {
    const newest = rx.db.selectFrom('disclosure').selectAll().orderBy('at', 'desc').orderBy('id').limit(disclosuresMax)
    return { disclosures: await disclosureViews(rx, caller, await newest.execute(), nowMs) }
  })
}

/** Throws `not_found`. */
export function showDisclosure(edge: Edge, caller: string, id: string): Promise<DisclosureView> {
  const nowMs = edge.nowMs()
  return edge.store.read(async rx => {
    const [view] = await disclosureViews(rx, caller, [await disclosureById(rx, id)], nowMs)
    if (!view) throw new BreakglassError('internal', `The disclosure ${id} cannot be shown.`)
    return view
  })
}

/** As one person may see them (docs/formats/disclosure.md "Statement"): story and name are for few, unless they are shared. */
export async function disclosureViews(
  rx: Rx,
  caller: string,
  rows: readonly DisclosureRow[],
  nowMs: number,
): Promise<DisclosureView[]> {
  const repositories = await rx.db.selectFrom('repository').selectAll().execute()
  const byKey = new Map(repositories.map(row => [row.key, repositoryReference(row)]))
  const own = await gatesOwnedBy(rx, caller, nowMs)
  const maySee = (row: DisclosureRow) => {
    return row.shared === 1 || row.told_by === caller || gatesOf(row).some(gate => own.has(gate))
  }
  const seen = rows.filter(maySee)
  const texts = await openSealed(
    rx,
    seen.map(({ story_commit }) => story_commit),
  )
  const names = await namesOf(
    rx,
    seen.map(({ told_by }) => told_by),
  )
  return rows.flatMap(row => {
    const repository = byKey.get(row.repository_key)
    if (!repository) return []
    return [
      {
        id: row.id,
        about: row.about,
        at: msToInstant(row.at),
        happenedAt: msToInstant(row.happened_at),
        repository,
        ref: row.ref,
        commit: row.commit_id,
        gates: gatesOf(row),
        shared: row.shared === 1,
        ...(maySee(row) && { by: names(row.told_by), story: texts.get(row.story_commit) ?? null }),
        review: row.review_id,
        ...(row.finding_id !== null && { finding: row.finding_id }),
      },
    ]
  })
}
