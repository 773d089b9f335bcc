import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
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

/** What would lead git to another repository than the one that lies in the directory, as inside a hook. */
const elsewhere = new Set([
  'GIT_DIR',
  'GIT_COMMON_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_GRAFT_FILE',
  'GIT_SHALLOW_FILE',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
])

/**
 * Nothing that a repository brings along may run or change what is printed: no pager, hook, replacement, signature check,
 * mail map or date format of its own.
 */
export function gitEnvironment(env: Context['env']): Record<string, string | undefined> {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !elsewhere.has(name))),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_PAGER: 'cat',
    // Else git writes each commit to a pipe by itself, which costs more than reading it.
    GIT_FLUSH: '0',
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

/** Finds the history. Throws `not_found` for no repository, no such branch, no commit, or no git. */
export async function findHistory(
  context: Pick<Context, 'cwd' | 'env'>,
  given: string | undefined,
  branch: string | undefined,
): Promise<HistoryPlace> {
  const directory = path.resolve(context.cwd, given ?? '.')
  if (!(await isDirectory(directory))) {
    throw new BreakglassError('not_found', `Expected a directory with a git repository at ${directory}; there is none.`)
  }
  const ask = (...args: string[]) => git(directory, context.env, args)
  const candidates = branch === undefined ? mainBranches : namedBranches(branch)
  // All at once: each costs as much as starting git does.
  const [repository, shallow, remoteHead, checkedOut, ...commits] = await Promise.all([
    ask('rev-parse', '--git-dir'),
    ask('rev-parse', '--is-shallow-repository'),
    ask('symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD'),
    ask('symbolic-ref', '--quiet', 'HEAD'),
    ...[...candidates, 'HEAD'].map(ref =>
      ask('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`),
    ),
  ])
  if (repository.code !== 0) {
    throw new BreakglassError('not_found', {
      message: `Expected a git repository at ${directory}: ${firstLine(repository.errors) || 'there is none'}. Name a clone: breakglass baseline <directory>.`,
    })
  }
  const names = [...candidates, checkedOut.output].map(ref => (ref === originHead ? remoteHead.output : ref))
  const at = commits.findIndex(({ code }) => code === 0)
  const [ref, head] = [names[at], commits[at]?.output]
  if (branch !== undefined && at >= candidates.length) throw noBranch(branch)
  if (head === undefined) {
    if (branch !== undefined) throw noBranch(branch)
    throw new BreakglassError('not_found', `There is no commit yet in ${directory}: nothing has landed.`)
  }
  return {
    directory,
    name: nameOf(directory),
    ...(ref === undefined || ref === '' ? {} : { branch: ref.replace(/^refs\/(heads|remotes)\//, '') }),
    head,
    shallow: shallow.output === 'true',
  }
}

const originHead = 'refs/remotes/origin/HEAD'
/** What the remote calls its head; else `main` or `master`; else, behind these, what is checked out. */
const mainBranches = [
  originHead,
  'refs/heads/main',
  'refs/heads/master',
  'refs/remotes/origin/main',
  'refs/remotes/origin/master',
]
const namedBranches = (branch: string) => [
  `refs/heads/${branch}`,
  `refs/remotes/origin/${branch}`,
  `refs/remotes/${branch}`,
  branch,
]
const noBranch = (branch: string) =>
  new BreakglassError('not_found', `There is no branch ${branch} here; git branch --all lists them.`)

interface Answer {
  code: number
  output: string
  errors: string
}
function git(directory: string, env: Context['env'], args: readonly string[]): Promise<Answer> {
  const options = { cwd: directory, env: gitEnvironment(env), timeout: timeoutMs, encoding: 'utf8' } as const
  return new Promise((resolve, reject) => {
    execFile('git', [...gitSettings, ...args], options, (error, output, errors) => {
      const fault = faultOf(error)
      if (fault) return reject(fault)
      resolve({ code: error === null ? 0 : 1, output: output.trim(), errors })
    })
  })
}

/** What keeps git from being started at all; git's own no is an answer. */
export function faultOf(error: Error | null): BreakglassError | undefined {
  if (error === null || !('code' in error) || error.code !== 'ENOENT') return undefined
  return new BreakglassError('not_installed', {
    message: 'Expected git on the PATH; it is not there. Install it: a history is read by git itself.',
    cause: error,
  })
}

const isDirectory = (directory: string): Promise<boolean> =>
  stat(directory).then(
    found => found.isDirectory(),
    () => false,
  )

/** `payments` of payments, payments.git and payments/.git. */
function nameOf(directory: string): string {
  const base = path.basename(directory)
  return (base === '.git' ? path.basename(path.dirname(directory)) : base.replace(/\.git$/, '')) || 'repository'
}

const firstLine = (text: string) => (text.split('\n')[0] ?? '').replace(/^fatal: /, '')
