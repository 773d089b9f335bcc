import { createVerify } from 'node:crypto'
import type { FakeGithub } from '../fake.ts'
import type { App, Installation, Repository, Token } from '../state.ts'
import { covers } from '../world.ts'
import { ApiError } from './reply.ts'

/** Who asks: an app by its key, an installation by its token. */
export interface Caller {
  login: string
  app: App
  installation?: Installation
  permissions: Record<string, string>
  repositories?: number[]
}

/** How long an app's own word may hold, and how far its clock may be off. */
const jwtSecondsMax = 600
const skewSeconds = 60

export function callerOf(fake: FakeGithub, authorization: string | undefined): Caller {
  const [, secret = ''] = /^(?:Bearer|token) (\S+)$/i.exec(authorization ?? '') ?? []
  if (secret === '') throw new ApiError(401, 'Requires authentication')
  return secret.split('.').length === 3 ? appBehind(fake, secret) : installationBehind(fake, secret)
}

function appBehind({ world }: FakeGithub, jwt: string): Caller {
  const [head = '', claims = '', signature = ''] = jwt.split('.')
  const { iss, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, number>
  const app = [...world.state.apps.values()].find(({ id }) => String(id) === String(iss))
  const now = Math.floor(world.clock.now() / 1000)
  const isTimely =
    iat !== undefined && exp !== undefined && iat <= now + skewSeconds && exp > now && exp - iat <= jwtSecondsMax
  const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`)
  if (!app || !isTimely || !verify.verify(app.publicKey, signature, 'base64url')) {
    throw new ApiError(401, 'A JSON web token could not be decoded')
  }
  return { login: app.slug, app, permissions: app.permissions }
}

function installationBehind({ world }: FakeGithub, secret: string): Caller {
  const token = world.state.tokens.get(secret)
  const installation = token?.installation === undefined ? undefined : world.state.installations.get(token.installation)
  const app = installation && world.state.apps.get(installation.app)
  if (!token || !installation || !app || token.expiresAt <= world.clock.now())
    throw new ApiError(401, 'Bad credentials')
  if (installation.suspendedAt !== null) throw new ApiError(403, 'This installation has been suspended')
  return { login: `${app.slug}[bot]`, app, installation, ...rightsOf(token, app) }
}

const rightsOf = ({ permissions, repositories }: Token, app: App) => ({
  permissions: permissions ?? app.permissions,
  ...(repositories && { repositories }),
})

/** The repository of a path, for whoever may see it and do this; else as if it were not there. */
export function repositoryFor(
  { world }: FakeGithub,
  caller: Caller,
  {
    owner,
    repo,
    permission,
    level = 'read',
  }: { owner: string; repo: string; permission: string; level?: 'read' | 'write' },
): Repository {
  const found = [...world.state.repositories.values()].find(one => one.owner === owner && one.name === repo)
  const isSeen =
    found &&
    caller.installation &&
    covers(caller.installation, found) &&
    (caller.repositories?.includes(found.id) ?? true)
  if (!found || !isSeen) throw new ApiError(404, 'Not Found')
  const held = permission === 'metadata' ? 'read' : caller.permissions[permission]
  if (held === undefined || (level === 'write' && held !== 'write')) {
    throw new ApiError(403, 'Resource not accessible by integration')
  }
  return found
}
