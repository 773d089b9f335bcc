import type { PointView } from '@breakglass/core/contract'
import type { Edge } from '../../edge/edge.ts'
import { pointView } from './point-row.ts'

/** Enforcement points that have not been ended, by name. */
export function listPoints(edge: Edge): Promise<{ points: PointView[] }> {
  return edge.store.read(async rx => {
    const rows = await rx.db.selectFrom('point').selectAll().where('ended_at', 'is', null).execute()
    const repositories = await rx.db.selectFrom('repository').selectAll().execute()
    const byKey = new Map(repositories.map(row => [row.key, row]))
    const points = rows.flatMap(row => {
      const repository = byKey.get(row.repository_key)
      return repository ? [pointView(row, repository)] : []
    })
    // Sorted here, because the engines do not agree on the order of texts.
    return { points: points.sort((a, b) => (a.name < b.name ? -1 : 1)) }
  })
}
