import type { Path } from './position.ts'
import type { Finding } from './remarks.ts'
import type { RepositoryIdValue } from './names.ts'
import type { SelectorSource } from './source.ts'
import { nearest } from './suggest.ts'

export interface RegisteredRepository {
  id: RepositoryIdValue
  name: string
  /** What selectors look at, such as `tier` → `1`. */
  properties: Readonly<Record<string, string>>
}

/** What is registered at the moment of publication. */
export interface Registry {
  repositories: readonly RegisteredRepository[]
  /** Where the program itself comes from, unless it is published by hand. */
  source?: { repository: RepositoryIdValue; ref: string; path: string }
}

export type NamedRepository = Pick<RegisteredRepository, 'id' | 'name'>

/** Names and selectors as the explicit list they mean now, by name; what is not registered is left out and said. */
export function resolveRepositories(
  written: readonly string[] | SelectorSource,
  given: { path: Path; registry: Registry; findings: Finding[] },
): NamedRepository[] {
  const { path, registry, findings } = given
  if (isList(written)) {
    return ordered(written.flatMap((name, i) => named(name, { path: [...path, i], registry, findings })))
  }
  const properties = [written.property].flat()
  const matching = registry.repositories.filter(repository => properties.every(text => has(repository, text)))
  if (matching.length === 0) {
    const reason = `no registered repository has ${properties.join(' and ')}`
    const remedy = 'register one or set its properties; until then nothing of this is in force anywhere'
    findings.push({ rule: 'selector_matches_nothing', path, reason, remedy })
  }
  return ordered(matching)
}

const isList = (written: readonly string[] | SelectorSource): written is readonly string[] => Array.isArray(written)

function has({ properties }: RegisteredRepository, text: string): boolean {
  const [key = '', ...value] = text.split('=')
  return Object.hasOwn(properties, key) && properties[key] === value.join('=')
}

function named(
  name: string,
  { path, registry, findings }: { path: Path; registry: Registry; findings: Finding[] },
): RegisteredRepository[] {
  const found = registry.repositories.filter(repository => repository.name === name)
  if (found.length === 1) return found
  if (found.length > 1) {
    const where = found.map(({ id }) => `${id.forge}:${id.host}`).join(', ')
    const remedy = 'rename one of them where they are registered'
    findings.push({ rule: 'ambiguous_repository', path, reason: `${name} is registered twice: ${where}`, remedy })
    return []
  }
  const names = registry.repositories.map(repository => repository.name)
  const meant = nearest(name, names)
  const reason = `${name} is not registered, so its gates are in force nowhere until it is`
  const remedy = meant
    ? `did you mean ${meant}? Else register it`
    : 'register it with an enforcement point, then publish again'
  findings.push({ rule: 'repository_not_registered', path, reason, remedy })
  return []
}

/** By name, each once: a reordered list is not another program. */
function ordered(repositories: readonly RegisteredRepository[]): NamedRepository[] {
  const byId = new Map(repositories.map(({ id, name }) => [JSON.stringify([id.forge, id.host, id.id]), { id, name }]))
  return [...byId.values()].sort((a, b) => (a.name === b.name ? 0 : a.name < b.name ? -1 : 1))
}
