import { createHash } from 'node:crypto'
import { formatId } from '@breakglass/core/ids'
import type { LandingTable } from '../store/tables/landings.ts'

export interface KnownLanding {
  id: string
  repository: string
  ref: string
  before: string
  after: string
  ordinal: number
  atMs: number
  seen: LandingTable['seen']
  /** When the last of what is known of it was told; only for people to see. */
  receivedMs: number
}

/** What stands before a landing that nobody told of. */
export const unseenBefore = '?'

/** Made of the landing itself, so that computing it again gives the same one. */
export function landingIdOf(
  repository: string,
  ref: string,
  { before, after, ordinal }: Pick<KnownLanding, 'before' | 'after' | 'ordinal'>,
): string {
  return formatId('landing', digest16([repository, ref, before, after, ordinal]))
}

/** Half of a SHA-256, of parts that cannot run into one another. */
export const digest16 = (parts: readonly (string | number | null)[]): Uint8Array =>
  new Uint8Array(createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16))
