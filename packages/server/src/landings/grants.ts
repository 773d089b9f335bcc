import type { PassageFacts } from '@breakglass/core/landing'
import { changeOf, type GrantRow, incidentOf } from '../commands/glass/grant-row.ts'
import type { Rx } from '../store/store.ts'
import type { LandingRow } from './write-landing.ts'

export interface UsedGrant {
  is: PassageFacts['grant']
  of?: { actor: string; grant: string; incident?: string }
}

interface Use {
  row: LandingRow
  gate: string
  evidence: string | undefined
}

/** The grant that a point says opened this gate, as this server knows it: a push names its statement, a run the grant. */
export async function grantOf(rx: Rx, { row, gate, evidence }: Use): Promise<UsedGrant> {
  if (evidence === undefined) return { is: 'none' }
  const grant = await rx.db
    .selectFrom('glass')
    .selectAll()
    .where(evidence.startsWith('g_') ? 'id' : 'granted_sid', '=', evidence)
    .executeTakeFirst()
  if (!grant || grant.gate !== gate || grant.repository_key !== row.repository_key) return { is: 'none' }
  if (!isFor(grant, row) && !(await isUsedBy(rx, grant.id, row.after))) return { is: 'none' }
  const found = await findingsOf(rx, grant.id, row.after)
  if (found.includes('unreported_use')) return { is: 'none' }
  const incident = incidentOf(grant)
  const of = { actor: grant.actor, grant: grant.id, ...(incident?.verified && { incident: incident.id }) }
  return { is: found.includes('late_use') ? 'late' : 'fits', of }
}

/** A grant for the head of a pull request opens what that was merged as, where a use says so. */
async function isUsedBy(rx: Rx, grant: string, tip: string): Promise<boolean> {
  const use = await rx.db
    .selectFrom('glass_use')
    .select('use_key')
    .where('grant_id', '=', grant)
    .where('new', '=', tip)
    .executeTakeFirst()
  return use !== undefined
}

/** Whether a grant of this gate could have been used instead, at that moment. */
export async function liveGrantAt(rx: Rx, row: LandingRow, gate: string): Promise<PassageFacts['liveGrant']> {
  const { repository_key, at } = row
  const live = await rx.db
    .selectFrom('glass')
    .selectAll()
    .where('gate', '=', gate)
    .where('repository_key', '=', repository_key)
    .where('live_at', '<=', at)
    .where('expires_at', '>', at)
    .where(eb => eb.or([eb('revoked_at', 'is', null), eb('revoked_at', '>', at)]))
    .where(eb => eb.or([eb('shut_at', 'is', null), eb('shut_at', '>', at)]))
    .execute()
  if (live.some(grant => isFor(grant, row))) return 'this_change'
  return live.length > 0 ? 'another_change' : 'none'
}

function isFor(grant: GrantRow, { after }: LandingRow): boolean {
  const change = changeOf(grant)
  if ('commit' in change) return change.commit === after
  return after === ('artifact' in change ? change.artifact : change.operation)
}

async function findingsOf(rx: Rx, grant: string, tip: string): Promise<string[]> {
  const rows = await rx.db
    .selectFrom('finding')
    .select('kind')
    .where('grant_id', '=', grant)
    .where(eb => eb.or([eb('new', '=', tip), eb('new', 'is', null)]))
    .execute()
  return rows.map(({ kind }) => kind)
}
