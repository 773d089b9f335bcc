import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from './refusal.ts'

export interface DeliveryHeaders {
  /** `X-GitHub-Delivery`: the same when GitHub sends it again. Not signed: what a delivery does must be safe to do twice. */
  id: string
  /** `X-GitHub-Event`; not signed either. */
  event: string
  signature: string | undefined
}

/** The headers that a delivery has, each checked before anything is read. Throws `Refusal`. */
export function readHeaders(headers: IncomingHttpHeaders): DeliveryHeaders {
  const id = one(headers['x-github-delivery'])
  const event = one(headers['x-github-event'])
  if (id === undefined || !/^[\w-]{1,100}$/.test(id))
    throw new Refusal(
      'headers',
      'X-GitHub-Delivery: expected the id of a delivery. This address takes GitHub webhooks.',
    )
  if (event === undefined || !/^[a-z][a-z0-9_]{0,63}$/.test(event))
    throw new Refusal('headers', 'X-GitHub-Event: expected the name of an event. This address takes GitHub webhooks.')
  if (headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== 'application/json')
    throw new Refusal('media_type', 'Set the webhook’s content type to application/json.')
  if (headers['content-encoding'] !== undefined)
    throw new Refusal('media_type', 'Send the body as it is, without a content encoding.')
  return { id, event, signature: one(headers['x-hub-signature-256']) }
}

/** Node joins what was sent twice; two of one are none. */
const one = (value: string | string[] | undefined) => (typeof value === 'string' ? value : undefined)
