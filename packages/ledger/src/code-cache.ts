import { existsSync, mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { isAbsolute, join } from 'node:path'

/**
 * Compiling takes more than half of a start. What comes of it is kept below the user's own cache directory, never in a shared
 * /tmp where others could put code; where it cannot be kept, nothing else changes.
 */
export function cacheCompiledCode({ XDG_CACHE_HOME: caches = '', HOME: home = '' }: NodeJS.ProcessEnv): void {
  const base = isAbsolute(caches) ? caches : join(home, '.cache')
  const dir = join(base, 'breakglass')
  if (!isAbsolute(dir)) return
  try {
    // Step by step: where an account's home is on /proc, Node would try for ever to make all of it.
    for (const path of [base, dir]) {
      if (!existsSync(path)) mkdirSync(path, { mode: 0o700 })
    }
  } catch {
    // An account of a service, whose home is none.
    return
  }
  enableCompileCache(dir)
}
