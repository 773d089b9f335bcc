import type { IncidentView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { msToInstant } from '@breakglass/verify'
import type { Rx } from '../store/store.ts'
import { openSealed } from '../texts/seal.ts'
import { namesOf } from './people.ts'

const listMax = 200

/** Open ones first, then the newest. */
export async function incidentViews(rx: Rx, id?: string): Promise<IncidentView[]> {
  const rows = await rx.db
    .selectFrom('incident')
    .selectAll()
    .$if(id !== undefined, query => query.where('id', '=', id ?? ''))
    .orderBy('state')
    .orderBy('opened_at', 'desc')
    .limit(listMax)
    .execute()
  const texts = await openSealed(
    rx,
    rows.flatMap(({ title_commit }) => title_commit ?? []),
  )
  const names = await namesOf(
    rx,
    rows.flatMap(({ opened_by, commander }) => (commander === null ? [opened_by] : [opened_by, commander])),
  )
  return rows.map(row => ({
    id: row.id,
    title: row.title_commit === null ? null : (texts.get(row.title_commit) ?? null),
    severity: row.severity,
    state: row.state,
    ...(row.commander !== null && { commander: names(row.commander) }),
    openedAt: msToInstant(row.opened_at),
    openedBy: names(row.opened_by),
    ...(row.resolved_at !== null && { resolvedAt: msToInstant(row.resolved_at) }),
  }))
}

/** Throws `not_found`. */
export async function oneIncidentView(rx: Rx, id: string): Promise<IncidentView> {
  const [view] = await incidentViews(rx, id)
  if (view) return view
  throw new BreakglassError('not_found', `There is no incident ${id}; breakglass incident list shows them.`)
}
