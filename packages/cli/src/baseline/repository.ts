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
  const candidates = branch === undefined ? mainBranches : namedBranches(branch)
  // At once, and no more questions than these: each costs as much as starting git does.
  const [repository, remoteHead, found] = await Promise.all([
    git(directory, context.env, ['rev-parse', '--git-dir', '--is-shallow-repository']),
    git(directory, context.env, ['symbolic-ref', '--quiet', originHead]),
    commitsOf(directory, context.env, [...candidates, 'HEAD']),
  ])
  if (repository.code !== 0) {
    throw new BreakglassError('not_found', {
      message: `Expected a git repository at ${directory}: ${firstLine(repository.errors) || 'there is none'}. Name a clone: breakglass baseline <directory>.`,
    })
  }
  const at = found.findIndex(commit => commit !== undefined)
  const head = found[at]
  if (branch !== undefined && (head === undefined || at === candidates.length)) throw noBranch(branch)
  if (head === undefined) {
    throw new BreakglassError('not_found', `There is no commit yet in ${directory}: nothing has landed.`)
  }
  const ref = candidates[at] ?? (await git(directory, context.env, ['symbolic-ref', '--quiet', 'HEAD'])).output
  const name = ref === originHead ? remoteHead.output : ref
  return {
    directory,
    name: nameOf(directory),
    ...(name === '' ? {} : { branch: name.replace(/^refs\/(heads|remotes)\//, '') }),
    head,
    shallow: repository.output.endsWith('\ntrue'),
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
/** The commit that each of these names is of; absent where there is none. */
async function commitsOf(
  directory: string,
  env: Context['env'],
  names: readonly string[],
): Promise<(string | undefined)[]> {
  const asked = names.map(name => (/\p{Cc}/u.test(name) ? '' : `${name}^{commit}`))
  const { output } = await git(directory, env, ['cat-file', '--batch-check'], `${asked.join('\n')}\n`)
  return output.split('\n').map(line => /^([0-9a-f]{40,64}) commit /.exec(line)?.[1])
}

function git(directory: string, env: Context['env'], args: readonly string[], input = ''): Promise<Answer> {
  const options = { cwd: directory, env: gitEnvironment(env), timeout: timeoutMs, encoding: 'utf8' } as const
  return new Promise((resolve, reject) => {
    const child = execFile('git', [...gitSettings, ...args], options, (error, output, errors) => {
      const fault = faultOf(error)
      if (fault) return reject(fault)
      resolve({ code: error === null ? 0 : 1, output: output.trim(), errors })
    })
    // It may end without having read, and then says why.
    child.stdin?.on('error', () => undefined).end(input)
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
