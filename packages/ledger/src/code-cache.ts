import { existsSync, lstatSync, mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'

export interface Account {
  homedir: string
  /** -1 where the system has no such numbers. */
  uid: number
}

/**
 * Compiling takes more than half of a start. What comes of it is kept below the account's home, and only in a directory that
 * is the account's own: whoever else could write there could put code into this process. The home is asked of the system and
 * not of the environment, in which `su` may have left another's. Where it cannot be kept, nothing else changes.
 */
export function cacheCompiledCode(account: () => Account = userInfo): void {
  try {
    const { homedir, uid } = account()
    if (!isAbsolute(homedir)) return
    const dir = join(homedir, '.cache', 'breakglass')
    // Step by step: where a home is on /proc, Node would try for ever to make all of it.
    for (const path of [join(homedir, '.cache'), dir]) {
      if (!existsSync(path)) mkdirSync(path, { mode: 0o700 })
    }
    if ([homedir, join(homedir, '.cache'), dir].every(path => isOwn(path, uid))) enableCompileCache(dir)
  } catch {
    // An account of a service, whose home is none.
  }
}

function isOwn(path: string, uid: number): boolean {
  const found = lstatSync(path)
  const isSafe = uid < 0 || (found.uid === uid && (found.mode & 0o022) === 0)
  return found.isDirectory() && isSafe
}
