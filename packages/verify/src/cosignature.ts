import { concatBytes, encodeBase64, encodeUtf8 } from './bytes.ts'
import { signerFromSeed } from './ed25519.ts'
import { formatVkey, keyIdOf, noteKeyType } from './vkey.ts'

/** C2SP tlog-cosignature v1 (type 0x04): what a witness signs. */
export interface Cosigner {
  name: string
  keyId: number
  vkey: string
  /** One signature line with its line end, over the note's text at that time (Unix seconds). */
  cosign(text: string, timeSeconds: number): string
}

/** Throws TypeError on a seed that is not 32 bytes or a name that a note cannot carry. */
export function cosignerFromSeed(name: string, seed: Uint8Array): Cosigner {
  const signer = signerFromSeed(seed)
  const type = noteKeyType.cosignatureEd25519
  const keyId = keyIdOf(name, type, signer.publicKey)
  const cosign = (text: string, timeSeconds: number): string => {
    const head = new DataView(new ArrayBuffer(12))
    head.setUint32(0, keyId)
    head.setBigUint64(4, BigInt(timeSeconds))
    const signature = signer.sign(cosignedMessage(text, timeSeconds))
    return `— ${name} ${encodeBase64(concatBytes(new Uint8Array(head.buffer), signature))}\n`
  }
  return { name, keyId, vkey: formatVkey(name, type, signer.publicKey), cosign }
}

/** The signed message: two header lines, then the whole text of the note. */
export function cosignedMessage(text: string, timeSeconds: number): Uint8Array {
  return encodeUtf8(`cosignature/v1\ntime ${timeSeconds}\n${text}`)
}

/** u64be time, then 64 bytes. `undefined` on another length, or a time that is 0 or past 2⁵³ − 1. */
export function splitCosignature(bytes: Uint8Array): { timeSeconds: number; signature: Uint8Array } | undefined {
  if (bytes.length !== 72) return undefined
  const timeSeconds = Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0))
  if (!Number.isSafeInteger(timeSeconds) || timeSeconds === 0) return undefined
  return { timeSeconds, signature: bytes.subarray(8) }
}
