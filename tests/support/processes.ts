import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The programs as they are installed: what a person starts, nothing else. */
export const bins = {
  breakglass: fileURLToPath(new URL('../../packages/cli/bin/breakglass.js', import.meta.url)),
  server: fileURLToPath(new URL('../../packages/server/bin/breakglass-server.js', import.meta.url)),
  ledger: fileURLToPath(new URL('../../packages/ledger/bin/breakglass-ledger.js', import.meta.url)),
}

export interface Run {
  code: number
  stdout: string
  stderr: string
}

export interface RunOptions {
  cwd?: string
  env?: Record<string, string | undefined>
  input?: string
}

/** Runs a program to its end. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, env, input }: RunOptions = {},
): Promise<Run> {
  const child = spawn(program, args, { ...(cwd !== undefined && { cwd }), env: { ...process.env, ...env } })
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  child.stdin.on('error', () => undefined) // it may end without reading
  child.stdin.end(input ?? '')
  const [code] = (await once(child, 'close')) as [number | null]
  return { code: code ?? -1, stdout: stdout(), stderr: stderr() }
}

export interface Service {
  /** For limits of the system (prlimit); to end it there is `stop` and `kill`. */
  pid: number | undefined
  /** Its ready line. */
  ready: Record<string, unknown>
  log: () => string
  /** SIGTERM, and waits. */
  stop: () => Promise<number | null>
  /** SIGKILL, and waits: nothing of it runs any more. */
  kill: () => Promise<void>
}

const readyMs = 30_000

/** Starts a program that serves, and waits for its ready line. Throws with all it said when there is none. */
export async function start(program: string, args: readonly string[], options: RunOptions = {}): Promise<Service> {
  const { cwd, env } = options
  const child = spawn(process.execPath, [program, ...args], {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    // The channel: when the test run is gone, however it went, the service ends too.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const [out, log] = [collect(child.stdout), collect(child.stderr)]
  const ended = once(child, 'exit')
  const ready = await untilReady(child, out).catch(async (error: Error) => {
    child.kill('SIGKILL')
    throw new Error(`${program}: ${error.message}\n${out()}\n${log()}`)
  })
  const finish = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    const [code] = (await ended) as [number | null]
    return code
  }
  return { pid: child.pid, ready, log, stop: () => finish('SIGTERM'), kill: async () => void (await finish('SIGKILL')) }
}

function untilReady(child: ChildProcess, out: () => string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ready line within ${readyMs} ms`)), readyMs)
    const look = () => {
      const line = out()
        .split('\n')
        .find(text => text.startsWith('{"ready":true') && text.endsWith('}'))
      if (line === undefined) return
      clearTimeout(timer)
      resolve(JSON.parse(line))
    }
    child.stdout?.on('data', look)
    child.once('exit', code => {
      clearTimeout(timer)
      reject(new Error(`ended with ${code} before it was ready`))
    })
  })
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const parts: Buffer[] = []
  stream?.on('data', (part: Buffer) => parts.push(part))
  return () => Buffer.concat(parts).toString('utf8')
}
