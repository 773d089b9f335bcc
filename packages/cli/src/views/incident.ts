import type { IncidentView } from '@breakglass/core/contract'
import { type Column, relativeTime } from '@breakglass/report'

export function incidentColumns(nowMs: number): Column<IncidentView>[] {
  return [
    { title: 'incident', of: incident => incident.id },
    { title: 'severity', of: incident => incident.severity },
    { title: 'title', of: incident => incident.title ?? '(erased)', flexible: true },
    { title: 'commander', of: incident => incident.commander?.name },
    { title: 'opened', of: incident => `${relativeTime(incident.openedAt, nowMs)} by ${incident.openedBy.name}` },
    { title: 'state', of: incident => incident.state },
    { title: 'causes', of: incident => (incident.causes.length === 0 ? '' : String(incident.causes.length)) },
  ]
}
