import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Commit } from '@breakglass/verify'
import { commitOf, hexOf } from '../object-id.ts'

/** A bare repository and a clone of it, in a directory of their own, with git's own configuration shut out. */
export interface TestRepository {
  root: string
  bare: string
  clone: string
  env: Record<string, string>
  git(dir: string, ...args: string[]): string
  tryGit(dir: string, ...args: string[]): { status: number; stdout: string; stderr: string }
  /** A commit in the clone, on what is checked out; its objects are in the bare repository too. */
  commit(words?: string): Commit
  /** Moves a branch of the bare repository, past every hook. */
  set(ref: string, commit: Commit): void
  close(): void
}

export function makeRepository(): TestRepository {
  const root = mkdtempSync(join(tmpdir(), 'breakglass-repository-'))
  const bare = join(root, 'payments.git')
  const clone = join(root, 'clone')
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: root,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ana',
    GIT_AUTHOR_EMAIL: 'ana@acme.dev',
    GIT_COMMITTER_NAME: 'Ana',
    GIT_COMMITTER_EMAIL: 'ana@acme.dev',
  }
  const tryGit = (dir: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: dir, env, encoding: 'utf8' })
    return { status: status ?? -1, stdout, stderr }
  }
  const git = (dir: string, ...args: string[]): string => {
    const { status, stdout, stderr } = tryGit(dir, ...args)
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
    return stdout.trim()
  }
  git(root, 'init', '--quiet', '--bare', '--initial-branch=main', bare)
  git(root, 'clone', '--quiet', bare, clone)
  git(clone, 'checkout', '--quiet', '-B', 'main')
  let count = 0
  return {
    root,
    bare,
    clone,
    env,
    git,
    tryGit,
    commit: (words = 'a change') => {
      count += 1
      git(clone, 'commit', '--quiet', '--allow-empty', '-m', `${words} ${count}`)
      const hex = git(clone, 'rev-parse', 'HEAD')
      git(bare, 'fetch', '--quiet', clone, `HEAD:refs/kept/${count}`)
      const commit = commitOf(hex)
      if (commit === undefined) throw new Error('expected a commit')
      return commit
    },
    set: (ref, commit) => void git(bare, 'update-ref', ref, hexOf(commit)),
    close: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** What receive-pack would write. */
export function refLine(ref: string, old: Commit | undefined, tip: Commit | undefined): string {
  const zero = '0'.repeat(40)
  return `${old === undefined ? zero : hexOf(old)} ${tip === undefined ? zero : hexOf(tip)} ${ref}\n`
}
