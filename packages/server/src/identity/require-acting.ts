import { BreakglassError } from '@breakglass/core/errors'
import type { Rx } from '../store/store.ts'

/**
 * Who manages credentials could act for themselves; who only reads writes nothing; a bot decides nothing. `what`: what they
 * may not do, in words, such as "explains no finding". Throws `admin_may_not`, `refused`.
 */
export async function requireActing(rx: Rx, by: string, what: string): Promise<void> {
  const roles = await rx.db.selectFrom('person_role').select('role').where('person_id', '=', by).execute()
  if (roles.some(({ role }) => role === 'admin')) {
    throw new BreakglassError('admin_may_not', `An administrator ${what}; ask somebody whose work it is.`)
  }
  const { kind } = await rx.db.selectFrom('person').select('kind').where('id', '=', by).executeTakeFirstOrThrow()
  if (kind === 'human' && !roles.some(({ role }) => role === 'auditor')) return
  throw new BreakglassError('refused', `An auditor or a bot ${what}; a person who works here does.`)
}
