import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type Installation, installAt, type OutOfReach } from './installation.ts'
import { createDatabase, dropDatabase } from './postgres-admin.ts'

export type EngineName = 'sqlite' | 'postgres'

/** A whole Breakglass for one suite, in a directory and a database of its own that are gone when it has stopped. */
export async function install(engine: EngineName, around: OutOfReach = {}): Promise<Installation> {
  const dir = mkdtempSync(join(tmpdir(), 'breakglass-scenario-'))
  const server = inject('postgresUrl')
  const database = engine === 'postgres' ? await createDatabase(server, 'scenario') : undefined
  const installation = await installAt(dir, database?.url, around)
  return Object.assign(installation, {
    stop: stopThen(installation.stop, async () => {
      if (database) await dropDatabase(server, database.name)
      rmSync(dir, { recursive: true, force: true })
    }),
  })
}

const stopThen = (stop: () => Promise<void>, clean: () => Promise<void>) => async () => {
  await stop()
  await clean()
}
