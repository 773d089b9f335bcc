import { readFileSync } from 'node:fs'
import { BreakglassError } from '@breakglass/core/errors'
import { createGithubClient, type GithubClient, githubRepository, readAppKey } from '@breakglass/github/api'
import type { GithubSource } from '../point/home.ts'
import type { Point } from '../point/point.ts'
import type { Forge } from './apply.ts'

/** All that the gate needs: it cannot read code beyond what a check run shows, and cannot merge. */
export const gatePermissions = {
  checks: 'write',
  contents: 'read',
  pull_requests: 'read',
  statuses: 'read',
} as const

/** Throws `bad_input` when the key cannot be read. */
export function clientOf(
  { api, app, installation, key }: GithubSource,
  now: () => number,
  permissions?: typeof gatePermissions,
): GithubClient {
  const parts = { id: app, installation, key: readAppKey(readKey(key)) }
  return createGithubClient({ base: api, app: parts, now, ...(permissions && { permissions }) })
}

function readKey(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new BreakglassError('bad_input', { message: `The app's private key cannot be read from ${path}.`, cause })
  }
}

export function githubOf(point: Point): GithubSource {
  const { github } = point.home.config
  if (github) return github
  throw new BreakglassError(
    'bad_input',
    `${point.home.dir} is no enforcement point on GitHub; breakglass github install makes one.`,
  )
}

export function forgeOf(point: Point): Forge {
  const source = githubOf(point)
  const { name } = point.home.config.repository
  const repository = githubRepository(clientOf(source, point.now, gatePermissions), name)
  return { repository, app: source.app, protection: { client: clientOf(source, point.now), name } }
}
