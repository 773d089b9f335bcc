import { BreakglassError, type ErrorCode } from '@breakglass/core/errors'

/** Why a delivery was not taken, as status counts it. */
export const refusalReasons = [
  'method',
  'headers',
  'media_type',
  'signature',
  'too_large',
  'slow',
  'busy',
  'not_stored',
  'stopping',
] as const
export type RefusalReason = (typeof refusalReasons)[number]

/** What GitHub said and we may have lost: it sends nothing a second time by itself. Others did not come from it, or not whole. */
export const isLoss = (reason: RefusalReason): reason is 'busy' | 'not_stored' | 'stopping' =>
  reason === 'busy' || reason === 'not_stored' || reason === 'stopping'

const codes = {
  method: 'method_not_allowed',
  headers: 'bad_request',
  media_type: 'bad_request',
  signature: 'not_signed_in',
  too_large: 'too_large',
  slow: 'bad_request',
  busy: 'too_many',
  not_stored: 'store_unavailable',
  stopping: 'stopping',
} as const satisfies Record<RefusalReason, ErrorCode>

/** A delivery that is not taken. Its words are for whoever set the webhook up, and hold nothing of what was sent. */
export class Refusal extends BreakglassError {
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string, cause?: unknown) {
    super(codes[reason], { message, ...(cause !== undefined && { cause }) })
    this.reason = reason
  }
}
