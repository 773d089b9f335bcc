import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { isZone } from '@breakglass/core/calendar'
import { repositoryNamesOf } from '../change-ref.ts'
import type { Context } from '../framework/context.ts'
import { usageError } from '../framework/usage-error.ts'
import { currentBranch, remoteAddress } from '../git/checkout.ts'
import { git } from '../git/git.ts'
import { type CiJob, jobsOf } from './ci-jobs.ts'

/** What a checkout shows that a first program can be made of. Guesses all of them, for a person to edit. */
export interface Facts {
  organization: string
  repository: string
  branch: string
  /** Whoever runs this. */
  me: string
  /** Who committed most lately, most commits first; at most eight. */
  authors: string[]
  timezone: string
  jobs: CiJob[]
}

const authorsMax = 8
const jobsMax = 20
const filesMax = 20
const fileBytesMax = 262_144

/** Throws `usage` for a time zone that nobody knows. */
export async function gatherFacts(context: Context, timezone: string): Promise<Facts> {
  if (!isZone(timezone)) {
    throw usageError(`“${timezone}” is no time zone that is known here.`, 'add --timezone Europe/Berlin, or your own')
  }
  const remote = await remoteAddress(context)
  const names = repositoryNamesOf(remote ?? '')
  // A path on a disk has many endings; owner and name is what people mean.
  const repository =
    names.find(name => name.split('/').length === 2) ?? names.at(-1) ?? `my-organization/${path.basename(context.cwd)}`
  const email = await git(context, 'config', '--get', 'user.email')
  const me = email !== undefined && isEmail(email) ? email : 'you@example.com'
  const top = (await git(context, 'rev-parse', '--show-toplevel')) ?? context.cwd
  return {
    organization: repository.includes('/') ? (repository.split('/')[0] ?? repository) : repository,
    repository,
    branch: await defaultBranch(context),
    me,
    authors: await recentAuthors(context, me),
    timezone,
    jobs: await findJobs(top),
  }
}

async function defaultBranch(context: Context): Promise<string> {
  const head = await git(context, 'symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD')
  return head?.replace(/^origin\//, '') ?? (await currentBranch(context)) ?? 'main'
}

async function recentAuthors(context: Context, me: string): Promise<string[]> {
  const log = (await git(context, 'log', '--format=%ae', '--max-count=500', '--since=90 days ago')) ?? ''
  const counts = new Map<string, number>()
  for (const email of log.split('\n')) {
    const isPerson = isEmail(email) && !/noreply|\[bot\]/.test(email)
    if (isPerson && email !== me) counts.set(email, (counts.get(email) ?? 0) + 1)
  }
  const ordered = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([email]) => email)
  return [me, ...ordered].slice(0, authorsMax)
}

/** What the program takes for an address: `root@localhost` reaches nobody. */
const isEmail = (text: string) => text.length <= 254 && /^[\w.%+'-]+@[\w-]+(\.[\w-]+)+$/.test(text)

async function findJobs(top: string): Promise<CiJob[]> {
  const workflows = path.join('.github', 'workflows')
  const listed = await readdir(path.join(top, workflows)).catch((): string[] => [])
  const files = listed
    .filter(name => /\.ya?ml$/.test(name))
    .sort()
    .slice(0, filesMax)
  const all = [...files.map(name => path.join(workflows, name)), '.gitlab-ci.yml']
  const found = await Promise.all(all.map(file => readJobs(top, file)))
  return found.flat().slice(0, jobsMax)
}

async function readJobs(top: string, file: string): Promise<CiJob[]> {
  const full = path.join(top, file)
  const size = await stat(full).then(
    ({ size }) => size,
    () => undefined,
  )
  if (size === undefined || size > fileBytesMax) return []
  return jobsOf(file.replaceAll(path.sep, '/'), await readFile(full, 'utf8'))
}
