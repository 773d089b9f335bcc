import type { PublishedProgram } from '@breakglass/core/program'
import { publishedOf, versionsInForce } from '../facts/program.ts'
import type { Rx } from '../store/store.ts'

export type ProgramAt = (atMs: number) => Promise<PublishedProgram | undefined>

/** The version that was in force at an instant, not the one that is now; `undefined` before the first. */
export const programAt = async (rx: Rx, atMs: number): Promise<PublishedProgram | undefined> =>
  (await programsOf(rx))(atMs)

/** The same for whoever asks of many instants. */
export async function programsOf(rx: Rx): Promise<ProgramAt> {
  const versions = await versionsInForce(rx)
  return async atMs => {
    const row = versions.find(({ effective_at }) => effective_at <= atMs)
    return row && publishedOf(rx, row)
  }
}
