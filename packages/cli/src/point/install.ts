import { randomBytes } from 'node:crypto'
import { contract } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { formatId, idOf } from '@breakglass/core/ids'
import {
  checkTrustSuccession,
  encodeBase64url,
  type Fault,
  parseTrust,
  signerFromSeed,
  type Trust,
} from '@breakglass/verify'
import type { Client } from '../client/client.ts'
import type { Git } from './git.ts'
import {
  isPointHome,
  openHome,
  type PointConfig,
  type GithubSource,
  type PusherSource,
  writeConfig,
  writeHome,
  writePointFile,
} from './home.ts'

export interface InstallWish {
  dir: string
  kind: PointConfig['kind']
  enforcement: PointConfig['enforcement']
  repository: PointConfig['repository']
  properties: Record<string, string>
  /** What people call the point. */
  name: string
  trustText: string
  /** Absent: what is there stays as it is. */
  pusher?: PusherSource | undefined
  github?: GithubSource | undefined
}

export interface InstalledPoint {
  id: string
  isNew: boolean
  /** The pinned trust was replaced by a newer version that ends no key unseen. */
  isTrustNew: boolean
}

/**
 * Makes a point's directory: its key, its registration, its pinned trust. Run again it registers nothing and only takes a
 * newer trust.json. A crash before `point.json` is written leaves a registration that nobody uses; the next run makes
 * another under another name. Throws `bad_input`, `conflict`, and what `registerPoint` answers.
 */
export async function installPoint(wish: InstallWish, admin: Client): Promise<InstalledPoint> {
  const trust = readTrust(wish.trustText)
  if (isPointHome(wish.dir)) return reinstall(wish, trust, admin)
  const { organization } = await admin.call(contract.health, {})
  checkOrganization(trust, organization)
  const seed = randomBytes(32)
  const { name, kind, enforcement, repository, properties, pusher, github } = wish
  const body = {
    name,
    kind,
    enforcement,
    repository: { ...repository, properties },
    publicKey: encodeBase64url(signerFromSeed(seed).publicKey),
  }
  const registered = await admin.call(contract.registerPoint, { body })
  checkOrganization(trust, registered.organization)
  const { id } = registered.point
  const config = {
    v: 1,
    id,
    organization: registered.organization,
    kind,
    enforcement,
    repository,
    ...(pusher && { pusher }),
    ...(github && { github }),
    server: admin.server,
  } as const
  writeHome(wish.dir, { config, seed, token: registered.token, trustText: wish.trustText })
  return { id, isNew: true, isTrustNew: true }
}

function reinstall(wish: InstallWish, trust: Trust, admin: Client): InstalledPoint {
  const home = openHome(wish.dir)
  const { config } = home
  const found = JSON.stringify([config.repository.id, config.server, config.kind])
  const wanted = JSON.stringify([wish.repository.id, admin.server, wish.kind])
  if (found !== wanted) {
    throw new BreakglassError('conflict', {
      message: `${wish.dir} is the point ${config.id} of another repository, server or kind: ${found}, not ${wanted}.`,
      data: { next: 'choose another directory, or end that point and remove its directory' },
    })
  }
  checkOrganization(trust, config.organization)
  const isTrustNew = wish.trustText !== home.trustText
  if (isTrustNew) {
    const faults = checkTrustSuccession(home.trust, trust)
    if (faults.length > 0) throw badTrust('takes back what is pinned here', faults)
    writePointFile(wish.dir, 'trust', wish.trustText)
  }
  const { pusher, github } = wish
  if (pusher ?? github) writeConfig(wish.dir, { ...config, ...(pusher && { pusher }), ...(github && { github }) })
  return { id: config.id, isNew: false, isTrustNew }
}

export function readTrust(text: string): Trust {
  const trust = parseTrust(text)
  if (trust.ok) return trust.value
  throw badTrust('cannot be read', trust.faults)
}

function badTrust(what: string, faults: readonly Fault[]): BreakglassError {
  const words = faults.map(({ at, expected, found }) => `${at}: expected ${expected}, found ${found}`)
  return new BreakglassError('bad_input', `The trust.json ${what}: ${words.join('; ')}`)
}

function checkOrganization(trust: Trust, organization: string): void {
  if (trust.organization === organization) return
  throw new BreakglassError('bad_input', {
    message: `The trust.json is of ${trust.organization}, and the server is of ${organization}. Nothing was installed.`,
    data: { next: 'ask for the trust.json of this organisation by a way that is not this server' },
  })
}

const key = 'breakglass.repositoryid'

/** The repository's own id, made once and kept in its configuration: names and paths change, this does not. */
export function repositoryIdOf(git: Git): string {
  const held = git.config(key)
  if (held !== undefined) {
    if (idOf('repository').safeParse(held).success) return held
    throw new BreakglassError(
      'bad_input',
      `Expected ${key} to be an id such as r_…, found ${JSON.stringify(held.slice(0, 60))}.`,
    )
  }
  const made = formatId('repository', randomBytes(16))
  git.setConfig(key, made)
  return made
}

/** `team=payments` as given again and again. Throws `usage`. */
export function readProperties(pairs: readonly string[]): Record<string, string> {
  const properties: Record<string, string> = {}
  for (const pair of pairs) {
    const [, name, value] = /^([A-Za-z0-9_.-]{1,50})=(.{1,100})$/u.exec(pair) ?? []
    if (name === undefined || value === undefined) {
      throw new BreakglassError(
        'usage',
        `--property is name=value, such as tier=1; found ${JSON.stringify(pair.slice(0, 60))}.`,
      )
    }
    properties[name] = value
  }
  return properties
}
