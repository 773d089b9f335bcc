import { BreakglassError } from '@breakglass/core/errors'

/** Failures before a byte of the request could have left: the server cannot have acted on it. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

export function unreachable(thrown: unknown): boolean {
  for (let cause: unknown = thrown, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (cause instanceof AggregateError) return cause.errors.length > 0 && cause.errors.every(unreachable)
    if ('code' in cause && typeof cause.code === 'string' && beforeSending.has(cause.code)) return true
  }
  return false
}

/** The request left and no answer came: to say "nothing was opened" could be a lie. */
export function lostAnswer(server: string, cause: unknown): BreakglassError {
  return new BreakglassError('server_unavailable', {
    message: `The answer of ${server} was lost, so it is not known whether anything was done.`,
    data: { next: 'breakglass status shows what is open; asking again opens nothing twice' },
    cause,
  })
}
