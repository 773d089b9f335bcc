import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestProject } from 'vitest/node'
import { openStore } from '../../packages/server/src/store/open.ts'
import { createDatabase, dropDatabase } from './postgres-admin.ts'
import { remedy } from './postgres-binaries.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which databases may be made, and the migrated one to clone them from. */
    postgresUrl: string
    postgresTemplate: string
  }
}

/**
 * One real PostgreSQL for the run, or the one BREAKGLASS_TEST_DATABASE_URL names. Where there is none the run fails and says
 * what to install: tests that quietly skip an engine prove nothing of it.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.BREAKGLASS_TEST_DATABASE_URL
  const server = given === undefined ? await startServer() : { url: given, stop: async () => {} }
  try {
    const template = await createDatabase(server.url, 'template')
    await migrate(template.url)
    project.provide('postgresUrl', server.url)
    project.provide('postgresTemplate', template.name)
    return async () => {
      if (given !== undefined) await dropDatabase(server.url, template.name)
      await server.stop()
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

interface Server {
  url: string
  stop(): Promise<void>
}

async function startServer(): Promise<Server> {
  const keeper = spawn(process.execPath, [join(import.meta.dirname, 'postgres-server.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Its own group, so that Ctrl-C reaches it only by the closing of its input, in order.
    detached: true,
  })
  const stop = async () => {
    if (keeper.exitCode !== null) return
    const ended = once(keeper, 'exit')
    keeper.stdin.end()
    await ended
  }
  const [line] = await Promise.race([
    once(createInterface(keeper.stdout), 'line'),
    once(keeper, 'exit').then(() => ['']),
  ])
  const said: { url?: string; error?: string } = line === '' ? { error: 'it ended without a word' } : JSON.parse(line)
  if (said.url !== undefined) return { url: said.url, stop }
  await stop()
  throw new Error(`No PostgreSQL for the tests: ${said.error}. ${remedy}`)
}

async function migrate(databaseUrl: string): Promise<void> {
  const store = await openStore({ databaseUrl, random: Math.random })
  await store.migrate()
  await store.close()
}
