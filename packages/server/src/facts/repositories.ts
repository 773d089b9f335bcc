import { BreakglassError } from '@breakglass/core/errors'
import type { Registry, RepositoryIdValue } from '@breakglass/core/program'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { RepositoryTable } from '../store/tables/points.ts'
import type { Rx } from '../store/store.ts'

export type RepositoryRow = Selectable<RepositoryTable>

/** Everything that lasts refers to a repository by this, never by its name. */
export const repositoryKey = ({ forge, host, id }: RepositoryIdValue): string => `${forge}/${host}/${id}`

export const repositoryIdOf = ({ forge, host, id }: RepositoryRow): RepositoryIdValue => ({ forge, host, id })

export const repositoryReference = (row: RepositoryRow) => ({ id: repositoryIdOf(row), name: row.name })

/** Throws `not_found` with the names that are registered. */
export async function repositoryNamed(rx: Rx, name: string): Promise<RepositoryRow> {
  const row = await rx.db.selectFrom('repository').selectAll().where('name', '=', name).executeTakeFirst()
  if (row) return row
  const known = await rx.db.selectFrom('repository').select('name').orderBy('name').limit(20).execute()
  const names = known.map(repository => repository.name)
  throw new BreakglassError('not_found', {
    message: `No repository is registered as ${JSON.stringify(name)}. Registered: ${names.join(', ') || 'none'}. An enforcement point registers its repository (breakglass hook install).`,
    data: { known: names },
  })
}

export async function repositoryByKey(rx: Rx, key: string): Promise<RepositoryRow> {
  return rx.db.selectFrom('repository').selectAll().where('key', '=', key).executeTakeFirstOrThrow()
}

const properties = z.record(z.string(), z.string())

/** What a program's selectors are resolved against. */
export async function registryOf(rx: Rx): Promise<Registry> {
  const rows = await rx.db.selectFrom('repository').selectAll().orderBy('name').execute()
  return {
    repositories: rows.map(row => ({
      id: repositoryIdOf(row),
      name: row.name,
      properties: properties.parse(JSON.parse(row.properties)),
    })),
  }
}
