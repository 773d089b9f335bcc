import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, inject } from 'vitest'
import type { EngineName } from '../../packages/server/src/store/engine.ts'
import { openStore, type OpenOptions } from '../../packages/server/src/store/open.ts'
import type { Store } from '../../packages/server/src/store/store.ts'
import { createDatabase, dropDatabase } from './postgres-admin.ts'

/** Where a store is, without opening it: `DATABASE_URL` or a directory of its own. */
export interface TestDatabase {
  engine: EngineName
  location: Pick<OpenOptions, 'databaseUrl' | 'directory'>
  open(options?: Partial<OpenOptions>): Promise<Store>
}

/** A migrated store in a fresh database, closed and gone after the suite. */
export type MakeStore = (options?: Partial<OpenOptions>) => Promise<Store>

export interface Databases {
  engine: EngineName
  /** A fresh database, migrated unless said otherwise; opened as often as the engine allows. */
  makeDatabase(options?: { migrated?: boolean }): Promise<TestDatabase>
}

/** Declares the same cases once per engine. */
export function eachEngine(suite: string, cases: (makeStore: MakeStore, databases: Databases) => void): void {
  for (const engine of ['sqlite', 'postgres'] as const) {
    describe(`${suite} (${engine})`, () => {
      const undo: (() => Promise<unknown>)[] = []
      afterAll(async () => {
        for (const step of undo.reverse()) await step()
      })
      const makeDatabase: Databases['makeDatabase'] = async ({ migrated = true } = {}) => {
        const location = engine === 'sqlite' ? await makeDirectory(undo, migrated) : await clone(undo, migrated)
        const open = async (options: Partial<OpenOptions> = {}) => {
          const store = await openStore({ random: Math.random, ...location, ...options })
          undo.push(() => store.close())
          return store
        }
        return { engine, location, open }
      }
      const makeStore: MakeStore = async options => (await makeDatabase()).open(options)
      cases(makeStore, { engine, makeDatabase })
    })
  }
}

type Undo = (() => Promise<unknown>)[]

async function makeDirectory(undo: Undo, migrated: boolean): Promise<{ directory: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'breakglass-store-'))
  undo.push(async () => rmSync(directory, { recursive: true, force: true }))
  if (migrated) {
    const store = await openStore({ directory, random: Math.random })
    await store.migrate()
    await store.close()
  }
  return { directory }
}

async function clone(undo: Undo, migrated: boolean): Promise<{ databaseUrl: string }> {
  const server = inject('postgresUrl')
  const { name, url } = await createDatabase(server, 'test', migrated ? inject('postgresTemplate') : undefined)
  undo.push(() => dropDatabase(server, name))
  return { databaseUrl: url }
}
