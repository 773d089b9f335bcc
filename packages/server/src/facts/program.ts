import { BreakglassError, invariant } from '@breakglass/core/errors'
import { type PublishedProgram, parseResolvedProgram } from '@breakglass/core/program'
import type { Selectable } from 'kysely'
import { metaKeys, readMeta } from '../store/meta.ts'
import type { ProgramVersionTable } from '../store/tables/program.ts'
import type { Rx } from '../store/store.ts'
import { readDocument } from '../texts/document.ts'

export type ProgramVersionRow = Selectable<ProgramVersionTable>

export interface ProgramInForce {
  row: ProgramVersionRow
  published: PublishedProgram
}

/** The program that decides now; `undefined` before the first one. */
export async function programInForce(rx: Rx): Promise<ProgramInForce | undefined> {
  const program = await readMeta(rx, metaKeys.program)
  if (program === undefined) return undefined
  const row = await rx.db
    .selectFrom('program_version')
    .selectAll()
    .where('program_id', '=', program)
    .where('state', '=', 'in_force')
    .executeTakeFirst()
  return row && { row, published: await publishedOf(rx, row) }
}

/** Throws `no_program`. */
export async function requireProgram(rx: Rx): Promise<ProgramInForce> {
  const program = await programInForce(rx)
  if (program) return program
  throw new BreakglassError(
    'no_program',
    'No program is in force yet: a program owner runs `breakglass program publish breakglass.yaml` first.',
  )
}

/** A version as the rules see it, whatever became of it since. */
export async function publishedOf(
  rx: Rx,
  { digest, resolved_digest }: Pick<ProgramVersionRow, 'digest' | 'resolved_digest'>,
): Promise<PublishedProgram> {
  const key = `${digest} ${resolved_digest}`
  const known = parsed.get(key)
  if (known) return known
  const published = parseResolvedProgram(await readDocument(rx, resolved_digest), digest)
  if (parsed.size >= parsedMax) parsed.clear()
  parsed.set(key, published)
  return published
}

/** The version that a grant was decided under; a program once in force is never forgotten. */
export async function publishedByDigest(rx: Rx, digest: string): Promise<PublishedProgram> {
  const row = await rx.db
    .selectFrom('program_version')
    .select(['digest', 'resolved_digest'])
    .where('digest', '=', digest)
    .where('effective_at', 'is not', null)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  invariant(row, `the program ${digest} was in force`)
  return publishedOf(rx, row)
}

export interface OnceInForce extends Pick<ProgramVersionRow, 'digest' | 'resolved_digest'> {
  /** Since when it decided, in milliseconds. */
  effective_at: number
}

/** Every version that was ever in force, the newest first; none before the first program. */
export async function versionsInForce(rx: Rx): Promise<OnceInForce[]> {
  const program = await readMeta(rx, metaKeys.program)
  if (program === undefined) return []
  return rx.db
    .selectFrom('program_version')
    .select(['digest', 'resolved_digest', 'effective_at'])
    .where('program_id', '=', program)
    .where('effective_at', 'is not', null)
    .orderBy('version', 'desc')
    .$narrowType<OnceInForce>()
    .execute()
}

/** Reading one takes milliseconds and is needed in every decision; by content, so that it can never be stale. */
const parsed = new Map<string, PublishedProgram>()
const parsedMax = 16
