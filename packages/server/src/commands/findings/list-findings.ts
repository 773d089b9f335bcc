import type { Edge } from '../../edge/edge.ts'
import { driftViews } from '../../views/drift-view.ts'
import type { ReplyOf } from '../points/body-of.ts'
import { findingViews } from './finding-view.ts'

/** Enough for people to look through; evidence asks for a period instead. */
const findingsMax = 500

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
    return { findings: await findingViews(rx, sorted), drift: await driftViews(rx, { ended: true }) }
  })
}
