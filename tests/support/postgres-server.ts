import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { copyPostgres, unprivilegedUser } from './postgres-binaries.ts'

/**
 * A process of its own that keeps one PostgreSQL while its standard input is open. The system closes that when the test run
 * ends, however it ends, so a killed run leaves no server and no files behind. Says one line: `{"url"}` or `{"error"}`.
 */
const startMsMax = 30_000
const run = promisify(execFile)

const directory = mkdtempSync(join(tmpdir(), 'breakglass-pg-'))
let server: ChildProcess | undefined
let stopping = false

process.stdin.resume()
process.stdin.on('close', stop)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)

try {
  const url = await start()
  process.stdout.write(`${JSON.stringify({ url })}\n`)
} catch (error) {
  if (!stopping) process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`)
  stop()
}

async function start(): Promise<string> {
  const user = unprivilegedUser()
  const [binaries, data] = [join(directory, 'native'), join(directory, 'data')]
  copyPostgres(binaries)
  mkdirSync(data, { mode: 0o700 })
  if (user) for (const path of [directory, data]) chownSync(path, user.uid, user.gid)
  const options = { ...user, cwd: directory, env: { PATH: process.env.PATH, LD_LIBRARY_PATH: join(binaries, 'lib') } }

  // Not the C locale: text that our schema forgot to order by bytes must show in the tests.
  const locale = ['--locale=C', '--locale-provider=icu', '--icu-locale=en-US', '--encoding=UTF8']
  await run(
    join(binaries, 'bin', 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '--no-instructions', ...locale],
    options,
  )
  if (stopping) throw new Error('stopped')

  // Only its own directory's socket: no port to collide, nobody else to come in.
  const settings = {
    listen_addresses: '',
    unix_socket_directories: directory,
    unix_socket_permissions: '0700',
    max_connections: '200',
    shared_buffers: '64MB',
    fsync: 'on',
    synchronous_commit: 'on',
    logging_collector: 'off',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  server = spawn(join(binaries, 'bin', 'postgres'), ['-D', data, ...args], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await ready(server, data)
  return `postgres://postgres@localhost/postgres?host=${encodeURIComponent(directory)}`
}

/** postmaster.pid says `ready` on its last line once connections are taken. */
async function ready(child: ChildProcess, data: string): Promise<void> {
  let said = ''
  let ended = false
  child.stderr?.on('data', bytes => {
    said = (said + bytes).slice(-4000)
  })
  child.on('exit', () => {
    ended = true
  })
  for (const begin = Date.now(); Date.now() - begin < startMsMax; await delay(20)) {
    if (ended) break
    if (/^ready\s*$/m.test(readIfThere(join(data, 'postmaster.pid')))) return
  }
  throw new Error(`PostgreSQL did not start: ${said}`)
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** SIGQUIT is PostgreSQL's immediate stop: nothing in it is worth a checkpoint. */
function stop(): void {
  if (stopping) return
  stopping = true
  const end = () => {
    rmSync(directory, { recursive: true, force: true })
    process.exit(0)
  }
  if (!server || server.exitCode !== null) return end()
  server.once('exit', end)
  server.kill('SIGQUIT')
}
