import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { BreakglassError } from '@breakglass/core/errors'
import type { CommandContext } from '../framework/command.ts'

/**
 * A part of Breakglass as a child process. The channel between us is what it lives by: when we are gone, however we went,
 * the channel closes and the child ends, so that it never keeps a lock behind.
 */
export interface Child {
  process: ChildProcess
  /** How it ended: its status, or the signal that killed it. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

export function startChild(
  context: CommandContext,
  bin: string,
  args: readonly string[],
  options: { stdout: 'inherit' | 'pipe' },
): Child {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: context.cwd,
    env: { ...context.env },
    stdio: ['ignore', options.stdout, 'inherit', 'ipc'],
    // A group of its own: Ctrl-C at a terminal reaches us alone, and we say in which order things stop.
    detached: true,
  })
  const ended = Promise.race([
    once(child, 'exit').then(([code, signal]: unknown[]) => ({
      code: typeof code === 'number' ? code : null,
      signal: (signal ?? null) as NodeJS.Signals | null, // what `exit` says it is
    })),
    once(child, 'error').then(([error]: unknown[]) => {
      throw new BreakglassError('not_installed', { message: `${bin} could not be started.`, cause: error })
    }),
  ])
  // Awaited by whoever started it; a failure meanwhile must not end the process before it is presented.
  ended.catch(() => undefined)
  return { process: child, ended }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Calls back on each signal that asks us to end, until released. */
export function onSignals(handler: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of signals) process.on(signal, handler)
  return () => {
    for (const signal of signals) process.off(signal, handler)
  }
}

const stopMs = 10_000

/** Asks it to end and waits; what does not listen for ten seconds is killed. */
export async function stopChild({ process: child, ended }: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await ended.catch(() => undefined)
  clearTimeout(timer)
}

/** The status a shell would show for it. */
export function statusOf({ code, signal }: { code: number | null; signal: NodeJS.Signals | null }): number {
  if (code !== null) return code
  return signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1
}

const readyTimeoutMs = 60_000
const lineLengthMax = 65_536

/**
 * Reads what the child prints until one JSON line says that it is ready; lines that are not JSON are passed to `other`.
 * Throws `not_installed` (exit 6) when it ends or stays silent before that.
 */
export async function untilReady(
  child: Child,
  name: string,
  other: (line: string) => void,
): Promise<Record<string, unknown>> {
  const { stdout } = child.process
  if (stdout === null) throw new TypeError('the child’s output is not piped')
  const lines = createInterface({ input: stdout, crlfDelay: Number.POSITIVE_INFINITY })
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(
        new BreakglassError('not_installed', {
          message: `The ${name} did not start: ${why}.`,
          data: { next: 'its own words stand above' },
        }),
      )
    const timer = setTimeout(() => fail(`it said nothing for ${readyTimeoutMs / 1000} s`), readyTimeoutMs)
    lines.on('line', line => {
      const said = readyLine(line)
      if (said === undefined) return other(line)
      clearTimeout(timer)
      resolve(said)
    })
    child.ended.then(({ code, signal }) => {
      clearTimeout(timer)
      fail(`it ended with ${code ?? signal}`)
    }, reject)
  })
}

function readyLine(line: string): Record<string, unknown> | undefined {
  if (line.length > lineLengthMax || !line.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(line)
    const isReady = typeof value === 'object' && value !== null && 'ready' in value && value.ready === true
    return isReady ? { ...value } : undefined
  } catch {
    return undefined
  }
}
