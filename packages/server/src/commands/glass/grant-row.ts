import type { ChangeValue, GrantRequest } from '@breakglass/core/decide'
import { change as changeSchema } from '@breakglass/core/decide'
import { BreakglassError } from '@breakglass/core/errors'
import { idOf } from '@breakglass/core/ids'
import { severity } from '@breakglass/core/program'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { repositoryByKey, repositoryIdOf } from '../../facts/repositories.ts'
import type { GlassTable } from '../../store/tables/glass.ts'
import type { Rx } from '../../store/store.ts'
import { openSealed } from '../../texts/seal.ts'

export type GrantRow = Selectable<GlassTable>

/** Throws `not_found`. */
export async function grantById(rx: Rx, id: string): Promise<GrantRow> {
  const row = await rx.db.selectFrom('glass').selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  throw new BreakglassError('not_found', `There is no grant ${id}; breakglass status lists those that are open.`)
}

const people = z.array(idOf('person'))
const incidentSnapshot = z.strictObject({ id: idOf('incident'), severity, verified: z.boolean() })

/** The columns of a grant that hold JSON, each read by its schema. */
export const approversOf = (row: GrantRow): string[] => people.parse(JSON.parse(row.approvers))
export const mayApproveOf = (row: GrantRow): string[] => people.parse(JSON.parse(row.may_approve))
export const toldOf = (row: GrantRow): string[] => people.parse(JSON.parse(row.told))
export const keepsOf = (row: GrantRow): string[] => z.array(z.string()).parse(JSON.parse(row.keeps))
export const changeOf = (row: GrantRow): ChangeValue => changeSchema.parse(JSON.parse(row.change))
export const authorsOfRow = (row: GrantRow): string[] | 'unknown' =>
  z.union([people, z.literal('unknown')]).parse(JSON.parse(row.authors))
export const incidentOf = (row: GrantRow): z.infer<typeof incidentSnapshot> | undefined =>
  row.incident === null ? undefined : incidentSnapshot.parse(JSON.parse(row.incident))

/** The request as it was made, for deciding again. */
export async function requestOf(rx: Rx, row: GrantRow): Promise<GrantRequest> {
  const repository = repositoryIdOf(await repositoryByKey(rx, row.repository_key))
  const texts = await openSealed(rx, [row.justification_commit])
  return {
    gate: row.gate,
    repository,
    ...(row.ref !== null && { ref: row.ref }),
    change: changeOf(row),
    at: row.at_point,
    mode: row.mode,
    ...(row.incident_id !== null && { incident: row.incident_id }),
    ttlSeconds: row.ttl_seconds,
    justification: texts.get(row.justification_commit) ?? '',
  }
}
