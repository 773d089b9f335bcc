import { compileProgram, parseProgram, type ProgramFiles, type Registry } from '@breakglass/core/program'
import type { Remark } from '@breakglass/core/contract'

export interface OfflineCheck {
  ok: boolean
  remarks: Remark[]
}

/** What only a server can know: which repositories are registered there. */
const needsServer: readonly string[] = ['repository_not_registered', 'selector_matches_nothing', 'ambiguous_repository']

/**
 * Checks a program with nothing but its files. Repositories that it names are taken as registered, so that what the check
 * says is about the program; whether they are is for `--remote`.
 */
export function checkOffline(files: ProgramFiles): OfflineCheck {
  const read = parseProgram(files)
  if (!read.ok) return { ok: false, remarks: read.remarks }
  const compiled = compileProgram(files, registryOf(read.source.program))
  return { ok: compiled.ok, remarks: compiled.remarks.filter(({ rule }) => !needsServer.includes(rule)) }
}

function registryOf(program: unknown): Registry {
  const names = [...new Set(repositoriesIn(program))]
  return {
    repositories: names.map(name => ({
      id: { forge: 'unchecked', host: 'unchecked', id: name },
      name,
      properties: {},
    })),
  }
}

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
