import { execFileSync } from 'node:child_process'

/** Whether the tests may install a system part themselves: as root, on a machine of their own. */
export const mayInstall = (): boolean => process.getuid?.() === 0

/** Installs Debian packages. Throws with `remedy` when that fails: a test never goes on without its part. */
export function installFromDebian(packages: readonly string[], remedy: string): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  try {
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'pipe' })
    execFileSync('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...packages], { env, stdio: 'pipe' })
  } catch (cause) {
    throw new Error(`${remedy}. Installing it here failed.`, { cause })
  }
}
