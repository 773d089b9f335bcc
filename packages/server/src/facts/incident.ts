import type { IncidentFact } from '@breakglass/core/decide'
import type { Rx } from '../store/store.ts'

/**
 * What the built-in register says of the incident that a request names. It is verified when somebody other than the person
 * who asks opened or commands it: nobody confirms their own emergency.
 */
export async function incidentFact(rx: Rx, id: string | undefined, actor: string): Promise<IncidentFact> {
  if (id === undefined) return { state: 'none' }
  const row = await rx.db.selectFrom('incident').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) return { state: 'unknown', id }
  const others = [row.opened_by, row.commander].filter(person => person !== null && person !== actor)
  return {
    state: row.state,
    id,
    severity: row.severity,
    verified: others.length > 0,
    openedAtMs: row.opened_at,
  }
}
