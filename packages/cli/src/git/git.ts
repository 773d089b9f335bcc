import { execFile } from 'node:child_process'
import type { Context } from '../framework/context.ts'

const timeoutMs = 10_000
const outputBytesMax = 1_048_576

/**
 * One git command in the working directory; its output without the last newline, or `undefined` when git is missing,
 * this is no checkout, or git says no. Arguments are never read by a shell.
 */
export function git(context: Pick<Context, 'cwd' | 'env'>, ...args: readonly string[]): Promise<string | undefined> {
  const env = { ...context.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }
  const options = { cwd: context.cwd, env, timeout: timeoutMs, maxBuffer: outputBytesMax, encoding: 'utf8' } as const
  return new Promise(resolve => {
    execFile('git', args, options, (error, stdout) => {
      resolve(error === null ? stdout.replace(/\n$/, '') : undefined)
    })
  })
}
