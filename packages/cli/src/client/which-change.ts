import { BreakglassError } from '@breakglass/core/errors'
import { type ChangeRef, fullRef, parseChangeRef, repositoryNamesOf } from '../change-ref.ts'
import type { CommandContext } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { authorsOf, currentBranch, remoteAddress, resolveCommit } from '../git/checkout.ts'
import { git } from '../git/git.ts'
import type { Client } from './client.ts'

export interface WhichChange {
  repository: string
  ref: string
  commit: `sha1:${string}` | `sha256:${string}`
  /** As the clone at hand says; empty where it does not hold the commit. */
  authors: string[]
}

/** The change that a command is about: as it was typed, or as the checkout says. Throws `usage`, `bad_input`. */
export async function whichChange(
  context: CommandContext,
  client: Client,
  given: { change: string | undefined; ref: string | undefined },
): Promise<WhichChange> {
  const parsed = given.change === undefined ? undefined : readable(given.change)
  const repository = parsed?.repository ?? (await repositoryHere(context, client))
  const commit = parsed?.kind === 'commit' ? parsed.commit : await commitHere(context, parsed)
  const ref = await refHere(context, given.ref)
  return { repository, ref, commit, authors: await authorsOf(context, commit, ref) }
}

type Readable = Exclude<ChangeRef, { kind: 'unreadable' | 'pull_request' }>

function readable(text: string): Readable {
  const parsed = parseChangeRef(text)
  if (parsed.kind === 'unreadable') throw usageError(`“${text}” is not a change; expected ${parsed.expected}.`)
  if (parsed.kind !== 'pull_request') return parsed
  throw usageError(
    `Pull requests need a connection to the forge, which this version does not have.`,
    `name the commit: breakglass open ${parsed.repository}@<head commit of #${parsed.number}>`,
  )
}

async function commitHere(context: CommandContext, parsed: Readable | undefined): Promise<WhichChange['commit']> {
  const revision = parsed?.kind === 'revision' ? parsed.revision : 'HEAD'
  const commit = await resolveCommit(context, revision)
  if (commit !== undefined) return commit
  if (revision === 'HEAD')
    throw usageError('Which change? There is no git checkout here.', 'name it: owner/name@<commit>')
  throw new BreakglassError('bad_input', {
    message: `“${revision}” is no whole commit, and no clone here knows it.`,
    data: { expected: '40 or 64 hex digits', next: 'give the whole commit, or run this inside a clone that has it' },
  })
}

async function refHere(context: CommandContext, given: string | undefined): Promise<string> {
  if (given !== undefined) return fullRef(given)
  const branch = await currentBranch(context)
  if (branch !== undefined && branch !== '') return fullRef(branch)
  throw usageError('Onto which branch? No branch is checked out here.', 'add --ref main')
}

/** `git config breakglass.repository` where somebody set it; else what the remote's address says. */
async function repositoryHere(context: CommandContext, client: Client): Promise<string> {
  const set = await git(context, 'config', '--get', 'breakglass.repository')
  if (set !== undefined && set !== '') return set
  const remote = await remoteAddress(context)
  const names = remote === undefined ? [] : repositoryNamesOf(remote)
  const [only] = names
  if (only === undefined) throw usageError('Which repository? No remote here says so.', 'name it: owner/name@<commit>')
  if (names.length === 1) return only
  const { listPoints } = await import('@breakglass/core/contract/points')
  const { points } = await client.call(listPoints, {})
  const known = names.find(name => points.some(({ repository }) => repository.name === name))
  if (known !== undefined) return known
  throw usageError(
    `Which repository? The remote is ${remote}, and no enforcement point is registered for ${names.at(-1)}.`,
    'name it: owner/name@<commit>, or once and for all: git config breakglass.repository owner/name',
  )
}
