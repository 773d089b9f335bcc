import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { installFromDebian, mayInstall } from './debian.ts'

const goPath = '/usr/share/gocode'
const parts = ['golang-go', 'golang-golang-x-mod-dev']

/** What to do where Go or its packages are missing. */
const remedy = `The ledger is checked with Go's own packages, which were not found. Install them (Debian 12 and Ubuntu): apt-get install ${parts.join(' ')}`

/** Builds `interop/` once for whoever calls; `remove` takes the binary away. Throws the remedy where it cannot be built. */
export function buildInterop(): { binary: string; remove: () => void } {
  if (!hasGo() && mayInstall()) installFromDebian(parts, remedy)
  if (!hasGo()) throw new Error(remedy)
  const dir = mkdtempSync(join(tmpdir(), 'breakglass-interop-'))
  const binary = join(dir, 'interop')
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: goPath, GOFLAGS: '', GOCACHE: join(dir, 'cache') }
  execFileSync('go', ['build', '-o', binary, '.'], { cwd: resolve(import.meta.dirname, '../../interop'), env })
  return { binary, remove: () => rmSync(dir, { recursive: true, force: true }) }
}

function hasGo(): boolean {
  if (!existsSync(join(goPath, 'src/golang.org/x/mod/sumdb/tlog'))) return false
  try {
    execFileSync('go', ['version'], { stdio: 'pipe' })
    return true
  } catch {
    // Not on PATH, or not a Go that starts: the caller says what to install.
    return false
  }
}
