import type { Context } from '../framework/context.ts'
import { git } from './git.ts'

type Place = Pick<Context, 'cwd' | 'env'>

/** The whole commit that a name or an abbreviation stands for in this clone. */
export async function resolveCommit(
  place: Place,
  revision: string,
): Promise<`sha1:${string}` | `sha256:${string}` | undefined> {
  const hex = await git(place, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`)
  if (hex === undefined) return undefined
  if (/^[0-9a-f]{40}$/.test(hex)) return `sha1:${hex}`
  return /^[0-9a-f]{64}$/.test(hex) ? `sha256:${hex}` : undefined
}

/** The branch that is checked out; `undefined` when the head is detached. */
export const currentBranch = (place: Place) => git(place, 'symbolic-ref', '--quiet', '--short', 'HEAD')

/** The address of the branch's remote, of `origin`, or of the only remote there is. */
export async function remoteAddress(place: Place): Promise<string | undefined> {
  const branch = await currentBranch(place)
  const ofBranch = branch === undefined ? undefined : await git(place, 'config', '--get', `branch.${branch}.remote`)
  const names = (await git(place, 'remote'))?.split('\n').filter(name => name !== '') ?? []
  const name = [ofBranch, 'origin', names.length === 1 ? names[0] : undefined].find(
    one => one !== undefined && names.includes(one),
  )
  return name === undefined ? undefined : git(place, 'config', '--get', `remote.${name}.url`)
}

const authorsMax = 50

/**
 * E-mail addresses of those who wrote what this commit adds to the branch, or of the commit alone where the branch is not
 * known here. Empty when the clone does not hold the commit: then they are not known.
 */
export async function authorsOf(place: Place, commit: string, ref: string | undefined): Promise<string[]> {
  const hex = commit.slice(commit.indexOf(':') + 1)
  const branch = ref?.replace(/^refs\/heads\//, '')
  const log = ['log', '--format=%ae', `--max-count=${authorsMax * 4}`]
  const remote =
    branch === undefined
      ? undefined
      : await git(place, 'rev-parse', '--verify', '--quiet', '--end-of-options', `refs/remotes/origin/${branch}`)
  const added = remote === undefined ? undefined : await git(place, ...log, hex, `^${remote}`)
  const found =
    added === undefined || added === '' ? await git(place, 'log', '--format=%ae', '--max-count=1', hex) : added
  const authors = [...new Set((found ?? '').split('\n'))].filter(email => email !== '' && email.length <= 254)
  return authors.slice(0, authorsMax)
}
