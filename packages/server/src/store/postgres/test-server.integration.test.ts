import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { expect, it } from 'vitest'

const server = join(import.meta.dirname, '../../../../../tests/support/postgres-server.ts')

it('leaves neither a server nor its files behind when the test run that started it is killed', async () => {
  const start = `require('node:child_process').spawn(process.execPath, [${JSON.stringify(server)}],
    { stdio: ['pipe', 'inherit', 'inherit'], detached: true })`
  const run = spawn(process.execPath, ['-e', start], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface(run.stdout), 'line')
  const { url } = JSON.parse(line)
  const directory = new URL(url).searchParams.get('host')!
  const client = new Client({ connectionString: url })
  const ended = new Promise<void>(resolve => void client.once('end', resolve))
  client.on('error', () => {})
  await client.connect()
  expect((await client.query('show fsync')).rows).toEqual([{ fsync: 'on' }])
  run.kill('SIGKILL')
  await ended
  await expect.poll(() => existsSync(directory), { timeout: 20_000 }).toBe(false)
})
