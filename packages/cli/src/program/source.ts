import path from 'node:path'
import { fullRef, repositoryNamesOf } from '../change-ref.ts'
import type { Context } from '../framework/context.ts'
import { currentBranch, remoteAddress, resolveCommit } from '../git/checkout.ts'
import { git } from '../git/git.ts'

export interface ProgramSource {
  repository: string
  ref: string
  path: string
  commit: string
}

/**
 * Where the program's file is committed, so that the log names it: only when it is committed exactly as it is, on a
 * branch, in a clone whose remote has a name. Otherwise `undefined`: a half-true origin is worse than none.
 */
export async function sourceOf(
  context: Pick<Context, 'cwd' | 'env'>,
  file: string,
): Promise<ProgramSource | undefined> {
  const full = path.resolve(context.cwd, file)
  const place = { env: context.env, cwd: path.dirname(full) }
  const prefix = await git(place, 'rev-parse', '--show-prefix')
  const branch = await currentBranch(place)
  const commit = await resolveCommit(place, 'HEAD')
  const changed = await git(place, 'status', '--porcelain', '--', path.basename(full))
  const tracked = await git(place, 'ls-files', '--error-unmatch', '--', path.basename(full))
  if (prefix === undefined || branch === undefined || commit === undefined || changed !== '' || tracked === undefined)
    return undefined
  const set = await git(place, 'config', '--get', 'breakglass.repository')
  const names = repositoryNamesOf((await remoteAddress(place)) ?? '')
  const repository = set ?? (names.length === 1 ? names[0] : undefined)
  if (repository === undefined) return undefined
  return { repository, ref: fullRef(branch), path: `${prefix}${path.basename(full)}`, commit }
}
