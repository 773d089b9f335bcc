import { hash } from 'node:crypto'

/** What a secret is for stands in its first letters, so that a scanner finds a leaked one and a person sees what it is. */
export const secretPrefixes = { person: 'bgp_', point: 'bgt_', reporter: 'bgr_', invitation: 'bgi_' } as const
export type SecretKind = keyof typeof secretPrefixes

const randomBytes = 32
const bodyPattern = /^[A-Za-z0-9_-]{43}$/

/** Spells 256 random bits as a secret: its kind's prefix and 43 characters of base64url. */
export function formatSecret(kind: SecretKind, random: Uint8Array): string {
  if (random.length !== randomBytes)
    throw new TypeError(`a secret takes ${randomBytes} random bytes, not ${random.length}`)
  return secretPrefixes[kind] + Buffer.from(random).toString('base64url')
}

/** Which kind of secret this could be; `undefined` for text that was never one of ours, which then asks the store nothing. */
export function secretKindOf(secret: string): SecretKind | undefined {
  for (const [kind, prefix] of Object.entries(secretPrefixes)) {
    if (secret.startsWith(prefix) && bodyPattern.test(secret.slice(prefix.length))) return kind as SecretKind // a key of the table
  }
  return undefined
}

/**
 * What is stored instead of a secret: SHA-256, hex. 256 random bits need no slow hash, and because the store looks the hash
 * up, the time of a look-up says nothing about the secret: nobody can choose a hash's leading digits to match.
 */
export const hashOfSecret = (secret: string): string => hash('sha256', secret, 'hex')
