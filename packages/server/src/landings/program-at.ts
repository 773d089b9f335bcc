import type { PublishedProgram } from '@breakglass/core/program'
import { publishedOf } from '../facts/program.ts'
import { metaKeys, readMeta } from '../store/meta.ts'
import type { Rx } from '../store/store.ts'

/** The version that was in force at an instant, not the one that is now; `undefined` before the first. */
export async function programAt(rx: Rx, atMs: number): Promise<PublishedProgram | undefined> {
  const program = await readMeta(rx, metaKeys.program)
  if (program === undefined) return undefined
  const row = await rx.db
    .selectFrom('program_version')
    .select(['digest', 'resolved_digest'])
    .where('program_id', '=', program)
    .where('effective_at', '<=', atMs)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && publishedOf(rx, row)
}
