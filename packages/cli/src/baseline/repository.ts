import { execFile } from 'node:child_process'
import path from 'node:path'
import { BreakglassError } from '@breakglass/core/errors'
import type { Context } from '../framework/context.ts'

/** Where a history is read, and what of it. */
export interface HistoryPlace {
  directory: string
  /** The last part of the path: what a report calls it. */
  name: string
  /** The branch in short; absent when the head is detached and nothing else was asked for. */
  branch?: string
  /** The commit that the reading starts from. */
  head: string
  shallow: boolean
}

const timeoutMs = 30_000

/**
 * Nothing that a repository brings along may run or change what is printed: no pager, hook, replacement, signature check,
 * mail map or date format of its own.
 */
export function gitEnvironment(env: Context['env']): Record<string, string | undefined> {
  return {
    ...env,
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_PAGER: 'cat',
    LC_ALL: 'C',
  }
}

export const gitSettings: readonly string[] = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'log.showSignature=false',
  '-c',
  'log.mailmap=false',
  '-c',
  'i18n.logOutputEncoding=UTF-8',
]

/** Finds the history. Throws `not_found` for no repository, no such branch or no commit; `not_installed` without git. */
export async function findHistory(
  context: Pick<Context, 'cwd' | 'env'>,
  given: string | undefined,
  branch: string | undefined,
): Promise<HistoryPlace> {
  const directory = path.resolve(context.cwd, given ?? '.')
  const ask = (...args: string[]) => git(directory, context.env, args)
  const isRepository = await ask('rev-parse', '--git-dir')
  if (isRepository.code !== 0) {
    throw new BreakglassError('not_found', {
      message: `Expected a git repository at ${directory}: ${firstLine(isRepository.errors) || 'there is none'}. Name a clone: breakglass baseline <directory>.`,
    })
  }
  const ref = branch === undefined ? await mainBranch(ask) : await namedBranch(ask, branch)
  const head = await ask('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref ?? 'HEAD'}^{commit}`)
  if (head.code !== 0) {
    throw new BreakglassError('not_found', `There is no commit yet in ${directory}: nothing has landed.`)
  }
  const shallow = await ask('rev-parse', '--is-shallow-repository')
  return {
    directory,
    name: path.basename(directory).replace(/\.git$/, '') || 'repository',
    ...(ref === undefined ? {} : { branch: ref.replace(/^refs\/(heads|remotes)\//, '') }),
    head: head.output,
    shallow: shallow.output === 'true',
  }
}

interface Answer {
  code: number
  output: string
  errors: string
}
type Ask = (...args: string[]) => Promise<Answer>

/** What the remote calls its head; else `main` or `master`; else what is checked out. */
async function mainBranch(ask: Ask): Promise<string | undefined> {
  const remote = await ask('symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD')
  const candidates = [remote.output, 'refs/heads/main', 'refs/heads/master', 'refs/remotes/origin/main']
  for (const ref of [...candidates, 'refs/remotes/origin/master']) {
    if (ref !== '' && (await isCommit(ask, ref))) return ref
  }
  const head = await ask('symbolic-ref', '--quiet', 'HEAD')
  return head.code === 0 ? head.output : undefined
}

async function namedBranch(ask: Ask, branch: string): Promise<string> {
  for (const ref of [`refs/heads/${branch}`, `refs/remotes/origin/${branch}`, `refs/remotes/${branch}`, branch]) {
    if (await isCommit(ask, ref)) return ref
  }
  throw new BreakglassError('not_found', `There is no branch ${branch} here; git branch --all lists them.`)
}

const isCommit = async (ask: Ask, ref: string): Promise<boolean> =>
  (await ask('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`)).code === 0

function git(directory: string, env: Context['env'], args: readonly string[]): Promise<Answer> {
  const options = { cwd: directory, env: gitEnvironment(env), timeout: timeoutMs, encoding: 'utf8' } as const
  return new Promise((resolve, reject) => {
    execFile('git', [...gitSettings, ...args], options, (error, output, errors) => {
      const fault = faultOf(error, directory)
      if (fault) return reject(fault)
      resolve({ code: error === null ? 0 : 1, output: output.trim(), errors })
    })
  })
}

/** What keeps git from being started at all; git's own no is an answer. */
export function faultOf(error: Error | null, directory: string): BreakglassError | undefined {
  if (error === null || !('code' in error) || error.code !== 'ENOENT') {
    return error !== null && 'code' in error && error.code === 'ENOTDIR' ? noDirectory(directory) : undefined
  }
  // A working directory that is not there is told with the same code as a program that is not.
  if ('path' in error && error.path === 'git' && !('dest' in error)) {
    return new BreakglassError('not_found', {
      message: `Expected a directory at ${directory} and git on the PATH; one of them is missing.`,
      cause: error,
    })
  }
  return noDirectory(directory)
}

const noDirectory = (directory: string) =>
  new BreakglassError('not_found', `Expected a directory with a git repository at ${directory}; there is none.`)

const firstLine = (text: string) => (text.split('\n')[0] ?? '').replace(/^fatal: /, '')
