import type { PublishedProgram } from '@breakglass/core/program'
import { publishedOf } from '../facts/program.ts'
import { metaKeys, readMeta } from '../store/meta.ts'
import type { Rx } from '../store/store.ts'

export type ProgramAt = (atMs: number) => Promise<PublishedProgram | undefined>

/** The version that was in force at an instant, not the one that is now; `undefined` before the first. */
export const programAt = async (rx: Rx, atMs: number): Promise<PublishedProgram | undefined> =>
  (await programsOf(rx))(atMs)

/** The same for whoever asks of many instants. */
export async function programsOf(rx: Rx): Promise<ProgramAt> {
  const program = await readMeta(rx, metaKeys.program)
  if (program === undefined) return async () => undefined
  const rows = await rx.db
    .selectFrom('program_version')
    .select(['digest', 'resolved_digest', 'effective_at'])
    .where('program_id', '=', program)
    .where('effective_at', 'is not', null)
    .orderBy('version', 'desc')
    .execute()
  return async atMs => {
    const row = rows.find(({ effective_at }) => effective_at !== null && effective_at <= atMs)
    return row && publishedOf(rx, row)
  }
}
