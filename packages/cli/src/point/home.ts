import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRef } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { idOf } from '@breakglass/core/ids'
import { parseTrust, type Signer, signerFromSeed, type Trust } from '@breakglass/verify'
import { z } from 'zod'
import { writeDurable } from './durable-file.ts'

/** The directory of an enforcement point: docs/formats/point-journal.md. One point, one directory, one disk. */
export interface PointHome {
  dir: string
  config: PointConfig
  trust: Trust
  trustText: string
  signer: Signer & { publicKey: Uint8Array }
  /** The point's credential for the server. Never printed. */
  token: string
}

/**
 * Where a hook finds who pushes: an environment variable that whatever let them in sets after it knows them, and who
 * vouches for the name in it.
 */
export const pusherSource = z.strictObject({
  variable: z.string().regex(/^[A-Z_][A-Z0-9_]{0,99}$/),
  issuer: z.string().regex(/^[a-z][a-z0-9.-]{0,252}$/),
})
export type PusherSource = z.infer<typeof pusherSource>

/** The app whose check run is the gate. Its key lies in a file of its own, which several points may share. */
export const githubSource = z.strictObject({
  api: z.url({ protocol: /^https?$/ }),
  app: z.string().regex(/^\d{1,20}$/),
  installation: z.string().regex(/^\d{1,20}$/),
  key: z.string().min(1),
})
export type GithubSource = z.infer<typeof githubSource>

export const pointConfig = z.strictObject({
  v: z.literal(1),
  id: idOf('point'),
  organization: idOf('organization'),
  kind: z.enum(['git_hook', 'ci', 'github']),
  enforcement: z.enum(['enforced', 'cooperative']),
  repository: repositoryRef,
  pusher: pusherSource.exactOptional(),
  github: githubSource.exactOptional(),
  server: z.url({ protocol: /^https?$/ }),
})
export type PointConfig = z.infer<typeof pointConfig>

/** What lies in the directory, and with which mode. The journal is made by `openJournal`. */
export const pointFiles = {
  config: { name: 'point.json', mode: 0o600 },
  key: { name: 'point.key', mode: 0o600 },
  token: { name: 'token', mode: 0o600 },
  trust: { name: 'trust.json', mode: 0o600 },
  bundle: { name: 'bundle.json', mode: 0o600 },
  journal: { name: 'journal.db', mode: 0o600 },
} as const
export type PointFile = keyof typeof pointFiles

export const pointDirectoryMode = 0o700

export function pointPath(dir: string, file: PointFile): string {
  return join(dir, pointFiles[file].name)
}

/** Whether somebody installed a point here. `point.json` is written last, so a half-made directory is none. */
export function isPointHome(dir: string): boolean {
  return existsSync(pointPath(dir, 'config'))
}

/** Throws `not_found` where no point is, `bad_input` where a file of it cannot be read as what it should be. */
export function openHome(dir: string): PointHome {
  if (!isPointHome(dir)) {
    throw new BreakglassError('not_found', `Expected an enforcement point in ${dir}, found no point.json there.`)
  }
  const config = parseConfig(dir, readPointFile(dir, 'config'))
  const trustText = readPointFile(dir, 'trust')
  const trust = parseTrust(trustText)
  if (!trust.ok) throw unreadable(dir, 'trust', trust.faults.map(({ at, expected }) => `${at}: ${expected}`).join('; '))
  if (trust.value.organization !== config.organization) {
    throw unreadable(dir, 'trust', `the organisation ${config.organization}, found ${trust.value.organization}`)
  }
  const seed = Buffer.from(readPointFile(dir, 'key').trim(), 'base64url')
  if (seed.length !== 32) throw unreadable(dir, 'key', 'a seed of 32 bytes in base64url')
  const token = readPointFile(dir, 'token').trim()
  if (token === '') throw unreadable(dir, 'token', "the point's credential")
  return { dir, config, trust: trust.value, trustText, signer: signerFromSeed(seed), token }
}

export function makeDirectory(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: pointDirectoryMode })
}

export function writePointFile(dir: string, file: PointFile, text: string): void {
  writeDurable(pointPath(dir, file), text, pointFiles[file].mode)
}

export interface NewPoint {
  config: PointConfig
  seed: Uint8Array
  token: string
  trustText: string
}

/** `point.json` goes last: until it is there, the directory is no point and installing starts anew. */
export function writeHome(dir: string, point: NewPoint): void {
  makeDirectory(dir)
  writePointFile(dir, 'key', `${Buffer.from(point.seed).toString('base64url')}\n`)
  writePointFile(dir, 'token', `${point.token}\n`)
  writePointFile(dir, 'trust', point.trustText)
  writeConfig(dir, point.config)
}

export function writeConfig(dir: string, config: PointConfig): void {
  writePointFile(dir, 'config', `${JSON.stringify(config, null, 2)}\n`)
}

export interface ModeProblem {
  path: string
  found: number
  wanted: number
}

/** Files that others than the owner may read or write. */
export function modeProblems(dir: string): ModeProblem[] {
  const paths = [
    { path: dir, wanted: pointDirectoryMode },
    ...Object.values(pointFiles).map(({ name, mode }) => ({ path: join(dir, name), wanted: mode })),
  ]
  return paths.flatMap(({ path, wanted }) => {
    if (!existsSync(path)) return []
    const found = statSync(path).mode & 0o777
    return (found & ~wanted) === 0 ? [] : [{ path, found, wanted }]
  })
}

function readPointFile(dir: string, file: PointFile): string {
  try {
    return readFileSync(pointPath(dir, file), 'utf8')
  } catch (cause) {
    const message = `Expected ${pointPath(dir, file)} to be readable by the user who runs this: ${messageOf(cause)}`
    throw new BreakglassError('bad_input', { message, cause })
  }
}

function parseConfig(dir: string, text: string): PointConfig {
  try {
    const parsed = pointConfig.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
    throw unreadable(dir, 'config', z.prettifyError(parsed.error))
  } catch (cause) {
    if (cause instanceof BreakglassError) throw cause
    throw unreadable(dir, 'config', messageOf(cause))
  }
}

function unreadable(dir: string, file: PointFile, expected: string): BreakglassError {
  return new BreakglassError('bad_input', `${pointPath(dir, file)} cannot be used; expected ${expected}`)
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
