import type { Access } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import type { Caller } from '../identity/caller.ts'

/** Finds the caller of a bearer secret; `undefined` where it is unknown. Throws `token_expired`. */
export type Authenticate = (secret: string) => Promise<Caller | undefined>

/** Who a route that takes `A` will meet. */
export type CallerOf<A extends Access> = A extends 'nobody'
  ? undefined
  : A extends 'person' | 'admin'
    ? Extract<Caller, { kind: 'person' }>
    : A extends 'point'
      ? Extract<Caller, { kind: 'point' }>
      : A extends 'reporter'
        ? Extract<Caller, { kind: 'reporter' }>
        : Caller

const secretLengthMax = 200

/**
 * The caller a route asks for, or a failure: `not_signed_in` without a known token, `not_allowed` with one of another kind.
 * Default deny: a kind that is not named here gets nothing.
 */
export async function admit(
  access: Access,
  authorization: string | undefined,
  authenticate: Authenticate,
): Promise<Caller | undefined> {
  if (access === 'nobody') return undefined
  const secret = /^Bearer ([!-~]+)$/.exec(authorization ?? '')?.[1]
  if (secret === undefined || secret.length > secretLengthMax) {
    throw new BreakglassError('not_signed_in', 'This needs `Authorization: Bearer <token>`: run `breakglass login`.')
  }
  const caller = await authenticate(secret)
  if (caller === undefined) {
    throw new BreakglassError('not_signed_in', 'This token is not known here: run `breakglass login` with a new link.')
  }
  if (!isAdmitted(access, caller)) {
    throw new BreakglassError(
      'not_allowed',
      `This takes the token of ${accessWords[access]}, and got that of a ${caller.kind}.`,
    )
  }
  return caller
}

function isAdmitted(access: Exclude<Access, 'nobody'>, caller: Caller): boolean {
  switch (access) {
    case 'anybody with a token':
      return true
    case 'admin':
      return caller.kind === 'person' && caller.roles.includes('admin')
    case 'person':
    case 'point':
    case 'reporter':
      return caller.kind === access
  }
}

const accessWords = {
  person: 'a person',
  admin: 'an administrator',
  point: 'an enforcement point',
  reporter: 'a reporter',
  'anybody with a token': 'anybody',
} as const satisfies Record<Exclude<Access, 'nobody'>, string>
