import { accountOf, pusherOf } from '@breakglass/core/account'
import type { Digest } from '@breakglass/verify'
import type { PointConfig, PusherSource } from './home.ts'
import { pusherSource } from './home.ts'
import { usageError } from '../framework/usage-error.ts'

const nameLengthMax = 254

/**
 * The pseudonym of whoever pushes, for the numbers alone: no gate opens or stays shut by it. Absent where the variable is
 * not set, as it is for whoever is on the machine itself.
 */
export function pusherIn(
  env: Readonly<Record<string, string | undefined>>,
  { organization, pusher }: Pick<PointConfig, 'organization' | 'pusher'>,
): Digest | undefined {
  const name = pusher && env[pusher.variable]?.trim()
  if (!pusher || !name || name.length > nameLengthMax) return undefined
  return pusherOf(organization, accountOf(pusher.issuer === 'local' ? name : `${pusher.issuer}:${name}`))
}

/** `REMOTE_USER`, whose names are addresses, or `GL_USER=git.acme.dev`, whose names that server vouches for. Throws `usage`. */
export function readPusherSource(given: string): PusherSource {
  const [variable, issuer = 'local'] = given.split('=', 2)
  const read = pusherSource.safeParse({ variable, issuer })
  if (read.success) return read.data
  throw usageError(
    `Expected --pusher as VARIABLE or VARIABLE=issuer, found ${JSON.stringify(given.slice(0, 60))}.`,
    'such as --pusher REMOTE_USER, or --pusher GL_USER=git.acme.dev',
  )
}
