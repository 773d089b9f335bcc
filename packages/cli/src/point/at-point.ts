import { resolve } from 'node:path'
import type { CommandContext } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { createGit, type Git } from './git.ts'
import { serverOfHome } from './http-server.ts'
import { openPoint, type Point } from './point.ts'

/** Where a hook's point lies when nothing else is said. */
export const pointDirectoryName = 'breakglass'

export interface WherePoint {
  repo?: string | undefined
  point?: string | undefined
}

/** `--point`, or the directory within `--repo`, or `BREAKGLASS_POINT`. Throws `usage`. */
export function pointDirOf(context: CommandContext, { repo, point }: WherePoint): string {
  if (point !== undefined) return resolve(context.cwd, point)
  if (repo !== undefined) return resolve(context.cwd, repo, pointDirectoryName)
  const named = context.env['BREAKGLASS_POINT']
  if (named !== undefined && named !== '') return resolve(context.cwd, named)
  throw usageError('Which enforcement point?', 'add --repo <bare repository> or --point <directory>')
}

/** Opens a point, does the work, and closes its journal whatever happens. */
export async function atPoint<T>(context: CommandContext, dir: string, work: (point: Point) => Promise<T>): Promise<T> {
  const point = openPoint({ dir, now: () => context.now(), serverOf: home => serverOfHome(context, home) })
  try {
    return await work(point)
  } finally {
    point.journal.close()
  }
}

/** Git at a repository that was named, whatever repository the environment speaks of. */
export function gitAt(context: CommandContext, repo: string): Git {
  const env = Object.fromEntries(
    Object.entries(context.env).filter(([name]) => !/^GIT_(?!CONFIG|SSL|TRACE)/.test(name)),
  )
  return createGit({ dir: resolve(context.cwd, repo), env })
}
