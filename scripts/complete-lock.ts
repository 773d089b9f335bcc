import { readFile, writeFile } from 'node:fs/promises'

/**
 * Adds to package-lock.json the platform packages that the registry at hand did not offer when the lock was made, so that
 * `npm ci` finds the lock complete on every platform. Each is an optional dependency pinned to one exact version by its
 * parent; npm leaves out those of other platforms. Run after `npm install`; a second run changes nothing.
 *
 * What it adds has no integrity, because what was not offered could not be hashed: only tools of this repository's own
 * development are concerned (the formatter and the linter), and a lock made against the whole registry needs none of it.
 */
interface LockedPackage {
  version?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const processors = ['arm64', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'arm']

/** What `@scope/tool-<system>-<processor>-<libc>` runs on, by its name; `undefined` where the name does not say. */
function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> | undefined {
  const words = name.split(/[/-]/)
  const system = systems.find(candidate => words.includes(candidate))
  const processor = processors.find(candidate => words.includes(candidate))
  if (system === undefined || processor === undefined) return undefined
  const musl = words.some(word => word.startsWith('musl'))
  return { cpu: [processor], os: [system], ...(system === 'linux' && { libc: [musl ? 'musl' : 'glibc'] }) }
}

const lock: { packages: Record<string, LockedPackage> } = JSON.parse(await readFile('package-lock.json', 'utf8'))
const added: Record<string, LockedPackage> = {}
for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`
    const platform = platformOf(name)
    if (lock.packages[key] !== undefined || platform === undefined || !/^\d+\.\d+\.\d+$/.test(version)) continue
    added[key] = { version, ...(parent.dev === true && { dev: true }), optional: true, ...platform }
  }
}
const packages = Object.fromEntries(
  Object.entries({ ...lock.packages, ...added }).toSorted(([a], [b]) => (a < b ? -1 : 1)),
)
await writeFile('package-lock.json', `${JSON.stringify({ ...lock, packages }, null, 2)}\n`)
console.log(`${Object.keys(added).length} platform packages added`)
