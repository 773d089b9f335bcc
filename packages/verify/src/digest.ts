import { concatBytes, encodeHex, encodeUtf8, sha256 } from './bytes.ts'

/** `sha256:` and 64 lower-case hex digits (docs/formats/README.md). */
export type Digest = `sha256:${string}`
/** `sha1:` and 40, or `sha256:` and 64, lower-case hex digits. */
export type Commit = `sha1:${string}` | `sha256:${string}`

/** Of the bytes, or of the UTF-8 of a text. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return formatDigest(sha256(typeof bytes === 'string' ? encodeUtf8(bytes) : bytes))
}

/** Writes 32 bytes that already are a SHA-256. */
export function formatDigest(hash: Uint8Array): Digest {
  return `sha256:${encodeHex(hash)}`
}

/** docs/formats/statement.md "No personal data": SHA-256(salt ‖ UTF-8 text). */
export function commitmentOf(salt: Uint8Array, text: string): { commit: Digest } {
  return { commit: digestOf(concatBytes(salt, encodeUtf8(text))) }
}

export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text) && text.length === 71
}

export function isCommit(text: string): text is Commit {
  return isDigest(text) || (/^sha1:[0-9a-f]{40}$/.test(text) && text.length === 45)
}
