import { z } from 'zod'

/**
 * Ids are text made by us: a prefix that says what it names, `_`, and 26 characters of lower-case Crockford base32
 * (128 random bits, so the first character is at most `7`). docs/formats/README.md "Shared notation".
 */
export const idPrefixes = {
  alarm: 'al',
  disclosure: 'ds',
  episode: 'ep',
  event: 'ev',
  finding: 'fd',
  followUp: 'fu',
  forum: 'fo',
  grant: 'g',
  incident: 'in',
  invitation: 'iv',
  job: 'jb',
  landing: 'ld',
  notice: 'nt',
  organization: 'o',
  person: 'p',
  point: 'pt',
  program: 'pg',
  receipt: 'rc',
  repository: 'r',
  report: 'fr',
  repair: 'rp',
  request: 'rq',
  review: 'rv',
  statement: 's',
  token: 'tk',
  trust: 'tr',
  waiver: 'wv',
  window: 'w',
} as const

export type IdKind = keyof typeof idPrefixes

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const bodyLength = 26

/** The schema of one kind of id. */
export const idOf = (kind: IdKind) =>
  z
    .string()
    .regex(new RegExp(`^${idPrefixes[kind]}_[0-7][${alphabet}]{25}$`), `an id that starts with ${idPrefixes[kind]}_`)

/** Spells 16 random bytes as an id; the bytes come from the caller because nothing here may draw them. */
export function formatId(kind: IdKind, random: Uint8Array): string {
  if (random.length !== 16) throw new TypeError(`an id takes 16 random bytes, not ${random.length}`)
  let value = 0n
  for (const byte of random) value = (value << 8n) | BigInt(byte)
  let body = ''
  for (let i = 0; i < bodyLength; i++) {
    body = (alphabet[Number(value & 31n)] ?? '') + body
    value >>= 5n
  }
  return `${idPrefixes[kind]}_${body}`
}
