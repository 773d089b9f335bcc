import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { concatBytes, encodeBase64url, encodeUtf8, sha256 } from './bytes.ts'

/** Makes 64-byte Ed25519 signatures (RFC 8032); keys stay with the caller. */
export interface Signer {
  /** RFC 7638 thumbprint of the public key. */
  kid: string
  sign(bytes: Uint8Array): Uint8Array
}

/** False for any signature that does not verify, also for a key or signature of the wrong length. Never throws. */
export function verifyEd25519(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  try {
    return verify(null, bytes, keyObjectOf(publicKey), signature)
  } catch {
    // OpenSSL refuses some 32-byte strings as keys; what it refuses has signed nothing.
    return false
  }
}

/** RFC 7638 with RFC 8037 §2: SHA-256 of `{"crv":"Ed25519","kty":"OKP","x":…}`, base64url, 43 characters. */
export function thumbprint(publicKey: Uint8Array): string {
  const jwk = `{"crv":"Ed25519","kty":"OKP","x":"${encodeBase64url(publicKey)}"}`
  return encodeBase64url(sha256(encodeUtf8(jwk)))
}

/** Throws TypeError unless the seed is 32 bytes. */
export function signerFromSeed(seed: Uint8Array): Signer & { publicKey: Uint8Array } {
  if (seed.length !== 32) throw new TypeError(`expected a seed of 32 bytes, found ${seed.length}`)
  const der = concatBytes(pkcs8Prefix, seed)
  const privateKey = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const publicKey = new Uint8Array(spki.subarray(spki.length - 32))
  return { kid: thumbprint(publicKey), publicKey, sign: bytes => new Uint8Array(sign(null, bytes, privateKey)) }
}

/** RFC 8410 §7: PrivateKeyInfo of an Ed25519 key, up to the seed. */
const pkcs8Prefix = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20)

const keyObjectsMax = 256

/**
 * Making a KeyObject costs about as much as using it, and a gate meets the same few keys again and again. Bounded, the
 * oldest leaves first: the keys come from pinned files, but a bound is cheaper than that argument.
 */
const keyObjects = new Map<string, KeyObject>()

function keyObjectOf(publicKey: Uint8Array): KeyObject {
  const x = encodeBase64url(publicKey)
  const known = keyObjects.get(x)
  if (known !== undefined) return known
  const made = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  if (keyObjects.size >= keyObjectsMax) {
    const oldest = keyObjects.keys().next()
    if (oldest.done !== true) keyObjects.delete(oldest.value)
  }
  keyObjects.set(x, made)
  return made
}
