import { spawnSync } from 'node:child_process'
import { BreakglassError } from '@breakglass/core/errors'
import type { Commit } from '@breakglass/verify'
import { commitOf, hexOf } from './object-id.ts'

/** The few questions an enforcement point asks of a repository. */
export interface Git {
  /** The branch or ref that a symbolic ref leads to in the end; `undefined` for an ordinary ref. */
  symrefTarget(ref: string): string | undefined
  /** What a ref is now; `undefined` where there is none. */
  tipOf(ref: string): Commit | undefined
  /** `commit`, `tag`, `tree`, `blob`, or `missing`. */
  typeOf(object: Commit): string
  isAncestor(old: Commit, tip: Commit): boolean
  /** All branches but symbolic ones, which move with their targets. */
  heads(): Map<string, Commit>
  /** Steps that the reflog shows of a ref, oldest first; none where no reflog is kept. */
  reflog(ref: string): { old?: Commit; new?: Commit; words: string }[]
  /** The tree of each commit; one that is not here is left out. */
  treesOf(commits: readonly Commit[]): Map<Commit, string>
  /** What a move brought, the newest first, each with the commits that its message says it reverts; the newest 1 000. */
  commitsBetween(old: Commit | undefined, tip: Commit): { commit: Commit; reverts: Commit[] }[]
  config(key: string): string | undefined
  setConfig(key: string, value: string): void
  /** The directory in which git looks for hooks, absolute. */
  hooksPath(): string
  gitDir(): string
  isBare(): boolean
}

const outputBytesMax = 64 * 1024 * 1024
const runMsMax = 60_000

export interface GitOptions {
  /** The repository. */
  dir: string
  /** The hook's environment is kept: receive-pack's quarantine is in it, where the new objects are. */
  env: Readonly<Record<string, string | undefined>>
}

export function createGit({ dir, env }: GitOptions): Git {
  const run = (args: readonly string[], codes: readonly number[] = [0]) => runGit({ dir, env }, args, codes)
  const line = (args: readonly string[]): string => run(args).stdout.trimEnd()
  return {
    symrefTarget: ref => {
      const { status, stdout } = run(['symbolic-ref', '--quiet', ref], [0, 1])
      return status === 0 ? stdout.trimEnd() : undefined
    },
    tipOf: ref => {
      const { status, stdout } = run(['rev-parse', '--verify', '--quiet', '--end-of-options', ref], [0, 1])
      return status === 0 ? commitOf(stdout.trimEnd()) : undefined
    },
    typeOf: object => {
      const { status, stdout } = run(['cat-file', '-t', hexOf(object)], [0, 1, 128])
      return status === 0 ? stdout.trimEnd() : 'missing'
    },
    isAncestor: (old, tip) => run(['merge-base', '--is-ancestor', hexOf(old), hexOf(tip)], [0, 1]).status === 0,
    heads: () => readHeads(run(['for-each-ref', '--format=%(objectname) %(refname) %(symref)', 'refs/heads']).stdout),
    reflog: ref =>
      readReflog(run(['log', '-g', '--format=%H%x09%gn <%ge>: %gs', '-n', '1000', ref, '--'], [0, 128]).stdout),
    treesOf: commits => {
      const hexes = [...new Set(commits)].map(hexOf)
      const args = ['log', '--no-walk=unsorted', '--ignore-missing', '--format=%H %T', '--stdin']
      const { stdout } = runGit({ dir, env, stdin: `${hexes.join('\n')}\n` }, args, [0])
      return readTrees(stdout)
    },
    commitsBetween: (old, tip) => {
      const range = old === undefined ? [hexOf(tip)] : [hexOf(tip), `^${hexOf(old)}`]
      const format = '--format=%x00%H%n%B'
      return readCommits(run(['log', '-n', '1000', '--no-show-signature', format, ...range, '--']).stdout)
    },
    config: key => {
      const { status, stdout } = run(['config', '--get', key], [0, 1])
      return status === 0 ? stdout.replace(/\n$/, '') : undefined
    },
    setConfig: (key, value) => void run(['config', '--local', key, value]),
    hooksPath: () => line(['rev-parse', '--path-format=absolute', '--git-path', 'hooks']),
    gitDir: () => line(['rev-parse', '--absolute-git-dir']),
    isBare: () => line(['rev-parse', '--is-bare-repository']) === 'true',
  }
}

interface Ran {
  status: number
  stdout: string
}

/** Any exit status that the question does not know is a failure, and a failure opens no gate. */
function runGit(
  { dir, env, stdin }: GitOptions & { stdin?: string },
  args: readonly string[],
  codes: readonly number[],
): Ran {
  const { status, stdout, stderr, error } = spawnSync('git', args, {
    cwd: dir,
    // Replace refs can be pushed by anybody: with them a rewritten history would look like an advance.
    env: { ...env, GIT_NO_REPLACE_OBJECTS: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
    encoding: 'utf8',
    maxBuffer: outputBytesMax,
    timeout: runMsMax,
    ...(stdin !== undefined && { input: stdin }),
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  if (error === undefined && status !== null && codes.includes(status)) return { status, stdout }
  const found = error?.message ?? `exit ${status}: ${stderr.trim()}`
  throw new BreakglassError('bad_input', { message: `git ${args[0]} failed in ${dir}: ${found}`, cause: error })
}

function readHeads(stdout: string): Map<string, Commit> {
  const heads = new Map<string, Commit>()
  for (const line of stdout.split('\n')) {
    const [hex = '', ref, symref] = line.split(' ')
    const commit = commitOf(hex)
    if (commit !== undefined && ref !== undefined && symref === '') heads.set(ref, commit)
  }
  return heads
}

function readTrees(stdout: string): Map<Commit, string> {
  const trees = new Map<Commit, string>()
  for (const line of stdout.split('\n')) {
    const [hex = '', tree] = line.split(' ')
    const commit = commitOf(hex)
    if (commit !== undefined && tree !== undefined) trees.set(commit, tree)
  }
  return trees
}

function readCommits(stdout: string): { commit: Commit; reverts: Commit[] }[] {
  return stdout.split('\0').flatMap(text => {
    const split = text.indexOf('\n')
    const commit = commitOf(text.slice(0, split))
    if (split < 0 || commit === undefined) return []
    const named = text.slice(split).matchAll(/^This reverts commit ([0-9a-f]{64}|[0-9a-f]{40})\b/gm)
    return [{ commit, reverts: [...named].flatMap(([, hex = '']) => commitOf(hex) ?? []) }]
  })
}

/** `git log -g` shows the newest first, each with what the ref became. */
function readReflog(stdout: string): { old?: Commit; new?: Commit; words: string }[] {
  const entries = stdout.split('\n').flatMap(line => {
    const split = line.indexOf('\t')
    const tip = commitOf(line.slice(0, split))
    return split > 0 && tip !== undefined ? [{ tip, words: line.slice(split + 1) }] : []
  })
  return entries.reverse().map(({ tip, words }, index) => {
    const before = entries[index - 1]
    return { ...(before !== undefined && { old: before.tip }), new: tip, words }
  })
}
