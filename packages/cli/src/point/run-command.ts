import { type ChildProcess, spawn } from 'node:child_process'
import type { RunResult } from './events.ts'

/** EX_TEMPFAIL of sysexits.h: the check says itself that it could not run. */
export const couldNotRunStatus = 75

export interface RanCommand {
  result: RunResult
  /** How it ended, for people. */
  words: string
  /** From its start to its end, by a clock that nobody sets. */
  tookMs: number
}

type End = Omit<RanCommand, 'tookMs'>

export interface CommandWish {
  command: readonly [string, ...string[]]
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  timeoutMs: number
  /** Aborted when the runner itself is told to stop. */
  signal: AbortSignal
  /** A check that talks to a terminal stays in its group: in another one it would be stopped when it reads. */
  isTerminal: boolean
}

const graceMs = 5_000

/**
 * Runs a check with this process's own streams. Exit 0 is a pass and any other a failure, but for what says nothing of the
 * change: it could not be started, it took too long, a signal ended it, it said so by exit 75.
 */
export function runCommand({ command, cwd, env, timeoutMs, signal, isTerminal }: CommandWish): Promise<RanCommand> {
  const [file, ...args] = command
  const begunAt = performance.now()
  return new Promise(resolve => {
    // A group of its own, so that what it started ends with it.
    const detached = process.platform !== 'win32' && !isTerminal
    const child = spawn(file, args, { cwd, env, stdio: 'inherit', detached })
    let stopped: string | undefined
    const stop = (words: string) => {
      stopped ??= words
      end(child, 'SIGTERM', detached)
      killer ??= setTimeout(() => end(child, 'SIGKILL', detached), graceMs)
    }
    let killer: NodeJS.Timeout | undefined
    const timer = setTimeout(() => stop(`it took longer than ${timeoutMs / 1000} s`), timeoutMs)
    const onAbort = () => stop('this job was told to stop')
    signal.addEventListener('abort', onAbort, { once: true })
    const finish = (end: End) => {
      clearTimeout(timer)
      clearTimeout(killer)
      signal.removeEventListener('abort', onAbort)
      resolve({ ...end, tookMs: Math.round(performance.now() - begunAt) })
    }
    child.on('error', cause => finish({ result: 'could_not_run', words: `it could not be started: ${cause.message}` }))
    child.on('exit', (status, killedBy) => finish(stopped === undefined ? endOf(status, killedBy) : couldNot(stopped)))
    if (signal.aborted) onAbort()
  })
}

function endOf(status: number | null, killedBy: NodeJS.Signals | null): End {
  if (status === 0) return { result: 'pass', words: 'it passed' }
  if (status === couldNotRunStatus) return couldNot(`it said so itself, by exit ${couldNotRunStatus}`)
  if (status === null) return couldNot(`it was ended by ${killedBy ?? 'a signal'}`)
  return { result: 'fail', words: `it ended with ${status}` }
}

function couldNot(words: string): End {
  return { result: 'could_not_run', words }
}

function end(child: ChildProcess, signal: NodeJS.Signals, isGroup: boolean): void {
  if (child.pid === undefined) return
  try {
    process.kill(isGroup ? -child.pid : child.pid, signal)
  } catch {
    // It has ended meanwhile.
  }
}
