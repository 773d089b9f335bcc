import type { Reading } from '@breakglass/github/events'
import { type EntityVersion, versionOf } from './versions.ts'

/** One delivery for whoever reads it. The body is parsed JSON, whatever it is. */
export interface Delivery {
  event: string
  body: unknown
  receivedAt: number
}

/** Pure: the same delivery is read the same at any time, as often as wanted. */
export type InterpretDelivery = (delivery: Delivery) => Reading

export interface Interpreted {
  reading: Reading['is']
  /** Why it was ignored, or what was not understood; at most `whatLengthMax` characters that a database takes. */
  what: string
  /** The `action` of an event, or nothing. */
  action: string
  version: EntityVersion | undefined
}

export const whatLengthMax = 200
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Files one delivery as understood or not. Total: what throws is not understood, and is kept as such. */
export function interpret(
  { event, bytes, receivedAt }: { event: string; bytes: Uint8Array; receivedAt: number },
  interpretDelivery: InterpretDelivery,
): Interpreted {
  const unknown = (what: string, action = ''): Interpreted => ({ reading: 'unknown', what, action, version: undefined })
  let body: unknown
  try {
    body = JSON.parse(utf8.decode(bytes))
  } catch {
    return unknown('a body that is not JSON')
  }
  const action = storable(actionIn(body))
  try {
    const reading = interpretDelivery({ event, body, receivedAt })
    const what = reading.is === 'told' ? '' : reading.is === 'ignored' ? reading.why : reading.what
    return { reading: reading.is, what: storable(what), action, version: versionOf(event, body, receivedAt) }
  } catch (cause) {
    return unknown(storable(`a defect of the reader: ${cause instanceof Error ? cause.name : 'unnamed'}`), action)
  }
}

function actionIn(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('action' in body)) return ''
  return typeof body.action === 'string' && /^[a-z][a-z0-9_]{0,63}$/.test(body.action) ? body.action : ''
}

/** What a payload says may hold anything; these are the words that both databases take. */
const storable = (words: string): string => words.slice(0, whatLengthMax).toWellFormed().replaceAll('\u0000', '\ufffd')
