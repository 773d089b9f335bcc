import type { Remark } from '@breakglass/core/contract'
import { commit as commitShape } from '@breakglass/core/decide'
import { BreakglassError } from '@breakglass/core/errors'
import { compileProgram, type Registry, type RepositoryIdValue, type ResolvedProgram } from '@breakglass/core/program'
import { z } from 'zod'
import type { ProgramInForce } from '../../facts/program.ts'
import { registryOf, repositoryIdOf } from '../../facts/repositories.ts'
import type { Rx } from '../../store/store.ts'

/** A program as it is sent: its file, and the files that it names, by path relative to it. */
export interface ProgramText {
  file: string
  text: string
  files: Record<string, string>
  source?: { repository: string; ref: string; path: string; commit: string } | undefined
}

/** The files alone, as they are kept: the text is a document of its own. */
export const keptFiles = z.strictObject({ file: z.string(), files: z.record(z.string(), z.string()) })

/** Where a version was committed, as the record says it. */
export const programOrigin = z.strictObject({
  repository: z.strictObject({ forge: z.string(), host: z.string(), id: z.string() }),
  ref: z.string(),
  path: z.string(),
  commit: commitShape,
})
export type ProgramOrigin = z.infer<typeof programOrigin>

export type Compiled =
  | { ok: true; resolved: ResolvedProgram; remarks: Remark[]; origin: ProgramOrigin | undefined }
  | { ok: false; remarks: Remark[] }

/**
 * Reads, resolves and checks a program against what is registered here. Where it lives is taken from what was sent, else
 * from the version in force: leaving it out must not make the program's own source breakable.
 */
export async function compile(rx: Rx, given: ProgramText, current: ProgramInForce | undefined): Promise<Compiled> {
  const origin = await originOf(rx, given.source)
  const home = origin ?? current?.published.program.source
  const { repositories } = await registryOf(rx)
  const registry: Registry = { repositories, ...(home && { source: homeOf(home) }) }
  const { file, text, files } = given
  const compiled = compileProgram({ file, text, files }, registry)
  return compiled.ok ? { ok: true, resolved: compiled.resolved, remarks: compiled.remarks, origin } : compiled
}

const homeOf = ({ repository, ref, path }: { repository: RepositoryIdValue; ref: string; path: string }) => ({
  repository,
  ref,
  path,
})

/** A repository that is not registered has no id, and the record names ids only: its origin is then left out. */
async function originOf(rx: Rx, source: ProgramText['source']): Promise<ProgramOrigin | undefined> {
  if (!source) return undefined
  const commit = commitShape.safeParse(source.commit)
  if (!commit.success || !source.ref.startsWith('refs/')) {
    throw new BreakglassError(
      'bad_input',
      'A program’s source names a full ref and a commit such as sha1:<40 hex digits>.',
    )
  }
  const row = await rx.db.selectFrom('repository').selectAll().where('name', '=', source.repository).executeTakeFirst()
  if (!row) return undefined
  return { repository: repositoryIdOf(row), ref: source.ref, path: source.path, commit: commit.data }
}
