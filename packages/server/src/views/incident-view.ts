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
  const causes = await causesOf(
    rx,
    rows.map(row => row.id),
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
    causes: causes.get(row.id) ?? [],
  }))
}

async function causesOf(rx: Rx, incidents: readonly string[]): Promise<Map<string, IncidentView['causes']>> {
  if (incidents.length === 0) return new Map()
  const rows = await rx.db
    .selectFrom('incident_cause')
    .innerJoin('repository', 'repository.key', 'incident_cause.repository_key')
    .select(['incident_cause.incident_id', 'repository.name', 'incident_cause.commit_id'])
    .where('incident_cause.incident_id', 'in', incidents)
    .orderBy('incident_cause.at')
    .orderBy('incident_cause.commit_id')
    .execute()
  const causes = rows.map(row => ({ of: row.incident_id, cause: { repository: row.name, commit: row.commit_id } }))
  return new Map(
    [...Map.groupBy(causes, ({ of }) => of)].map(([incident, all]) => [incident, all.map(({ cause }) => cause)]),
  )
}

/** Throws `not_found`. */
export async function oneIncidentView(rx: Rx, id: string): Promise<IncidentView> {
  const [view] = await incidentViews(rx, id)
  if (view) return view
  throw new BreakglassError('not_found', `There is no incident ${id}; breakglass incident list shows them.`)
}
