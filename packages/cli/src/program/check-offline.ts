import { compileProgram, parseProgram, type ProgramFiles, type Registry } from '@breakglass/core/program'
import type { Remark } from '@breakglass/core/contract'
import type { ProgramSource } from './source.ts'

export interface OfflineCheck {
  ok: boolean
  remarks: Remark[]
}

/** What only a server can know: which repositories are registered there. */
const needsServer: readonly string[] = ['repository_not_registered', 'selector_matches_nothing', 'ambiguous_repository']

/**
 * Checks a program with nothing but its files. Repositories that it names are taken as registered, so that what the check
 * says is about the program; whether they are is for `--remote`. `source`: where the program is committed, so that a gate on
 * its own source is found here, and not only when it is published. Pure.
 */
export function checkOffline(files: ProgramFiles, source?: ProgramSource): OfflineCheck {
  const read = parseProgram(files)
  if (!read.ok) return { ok: false, remarks: read.remarks }
  const compiled = compileProgram(files, registryOf(read.source.program, source))
  return { ok: compiled.ok, remarks: compiled.remarks.filter(({ rule }) => !needsServer.includes(rule)) }
}

/** Repositories that the program names, as if registered, so that it can be read without a server. */
export function registryOf(program: unknown, source: ProgramSource | undefined): Registry {
  const names = new Set([...repositoriesIn(program), ...(source === undefined ? [] : [source.repository])])
  const repositories = [...names].map(name => ({ id: idOf(name), name, properties: {} }))
  if (source === undefined) return { repositories }
  const { repository, ref, path } = source
  return { repositories, source: { repository: idOf(repository), ref, path } }
}

/** An id that never leaves this check. Its forge is not known, so no remark rests on what a forge can do. */
const idOf = (name: string) => ({ forge: 'unchecked', host: 'unchecked', id: name })

/** Every list called `repositories`, wherever the program has one: at gates, templates and teams. */
function repositoriesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(repositoriesIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'repositories' && Array.isArray(inner)
      ? inner.filter(name => typeof name === 'string')
      : repositoriesIn(inner),
  )
}
