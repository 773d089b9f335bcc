import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const home = join(import.meta.dirname, 'peers')

/**
 * A program to measure beside ours, at the version that bench/peers/package-lock.json pins. Peers are 200 MB that nobody who
 * runs Breakglass needs, so they are installed when a benchmark first asks for one. `undefined` where they are not to be had,
 * for example without a network: then it says so, and the other lines are measured.
 */
export async function peer<T>(name: string): Promise<T | undefined> {
  const { resolve } = createRequire(join(home, 'package.json'))
  if (!isThere(name, resolve) && !install()) {
    console.error(`${name} is not here to stand beside; \`npm ci --prefix bench/peers\` says why`)
    return undefined
  }
  return (await import(pathToFileURL(resolve(name)).href)) as T
}

function isThere(name: string, resolve: NodeJS.RequireResolve): boolean {
  try {
    return resolve(name) !== ''
  } catch {
    return false
  }
}

/** No script of a peer's is run. */
function install(): boolean {
  console.error('installing the peers to measure beside, once …')
  try {
    execFileSync('npm', ['ci', '--prefix', home, '--ignore-scripts', '--no-audit', '--no-fund'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}
