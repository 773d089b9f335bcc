import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BreakglassError } from '@breakglass/core/errors'
import { digestOf } from '@breakglass/verify'
import { syncDirectory, writeDurable } from './durable-file.ts'
import type { Git } from './git.ts'
import type { Journal } from './journal.ts'
import { textOrNothing } from './journal.ts'
import { isExecutable, otherHooksDirectory } from './other-hooks.ts'

export const hookName = 'pre-receive'
const hookMode = 0o755
const marker = '# Breakglass enforcement point'

/** The hook runs this very program by absolute paths: what `PATH` says on the day of an emergency must not matter. */
export function hookScript(pointDir: string, program: { node: string; bin: string }): string {
  const node = quoted(program.node)
  const bin = quoted(program.bin)
  return [
    '#!/bin/sh',
    `${marker}: asked before this repository takes a push.`,
    '# Installed by `breakglass hook install`; `breakglass hook doctor` and `breakglass watch` notice when this file changes.',
    `if [ ! -x ${node} ] || [ ! -f ${bin} ]; then`,
    '  echo "breakglass: the program is gone from where it was installed, so the gates stay closed." >&2',
    '  echo "  on the git server: install it again, then run breakglass hook install" >&2',
    '  exit 1',
    'fi',
    `exec ${node} ${bin} hook run --point ${quoted(pointDir)}`,
    '',
  ].join('\n')
}

export function thisProgram(): { node: string; bin: string } {
  return { node: process.execPath, bin: fileURLToPath(new URL('../../bin/breakglass.js', import.meta.url)) }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

export interface InstalledHook {
  path: string
  digest: string
  /** Where the hook that was there before lies now. */
  kept?: string
}

/**
 * Writes the hook where git looks for it. One that is there already is kept as `pre-receive.d/50-before-breakglass` and
 * run first, with the same input; nothing is spent unless it agrees. Throws `bad_input` where the hooks' directory is
 * shared with other repositories.
 */
export function writeHook(git: Git, script: string): InstalledHook {
  const hooks = ownHooksPath(git)
  const path = join(hooks, hookName)
  mkdirSync(hooks, { recursive: true })
  const kept = existsSync(path) && !isOurs(path) ? keep(path) : undefined
  writeDurable(path, script, hookMode)
  return { path, digest: digestOf(script), ...(kept !== undefined && { kept }) }
}

function ownHooksPath(git: Git): string {
  const hooks = git.hooksPath()
  const fromRepository = relative(git.gitDir(), hooks)
  if (!fromRepository.startsWith('..') && fromRepository !== '') return hooks
  throw new BreakglassError('bad_input', {
    message: `core.hooksPath leads to ${hooks}, which is outside of this repository and may serve others.`,
    data: { next: 'git config core.hooksPath hooks (in this repository), move its hooks there, and install again' },
  })
}

function keep(path: string): string {
  const dir = join(dirname(path), otherHooksDirectory)
  const kept = join(dir, '50-before-breakglass')
  if (existsSync(kept)) {
    throw new BreakglassError('bad_input', {
      message: `There is another ${basename(path)} hook now, and one was kept as ${kept} before.`,
      data: { next: `move ${path} into ${dir} under a name of its own, and install again` },
    })
  }
  mkdirSync(dir, { recursive: true })
  renameSync(path, kept)
  syncDirectory(dir)
  return kept
}

function isOurs(path: string): boolean {
  return readFileSync(path, 'utf8').split('\n', 2)[1]?.startsWith(marker) === true
}

export type HookState =
  | { state: 'intact'; path: string; digest: string }
  | { state: 'missing'; path: string; words: string }
  | { state: 'changed'; path: string; digest: string; words: string }

/** What git would run now, compared with what was installed. A hook that git cannot run is as good as changed. */
export function hookState(git: Git, expected: string): HookState {
  const path = join(git.hooksPath(), hookName)
  const bytes = readIfThere(path)
  if (bytes === undefined) return { state: 'missing', path, words: `there is no ${path}` }
  const digest = digestOf(bytes)
  if (digest !== expected) return { state: 'changed', path, digest, words: `${path} is not what was installed` }
  if (!isExecutable(path))
    return { state: 'changed', path, digest, words: `${path} cannot be executed, so git skips it` }
  return { state: 'intact', path, digest }
}

export function rememberHook(journal: Journal, digest: string): void {
  journal.run('update memory set hook_digest = ?', digest)
}

export function expectedHook(journal: Journal): string | undefined {
  return textOrNothing(journal.get('select hook_digest from memory'), 'hook_digest')
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR'))
      return undefined
    throw cause
  }
}
