import {
  type Cosigner,
  concatBytes,
  cosignerFromSeed,
  decodeBase64,
  encodeBase64,
  noteKeyType,
} from '@breakglass/verify'
import { isOrigin } from '../config.ts'

const prefix = 'PRIVATE+KEY+'
const keyCharactersMax = 512

/** docs/formats/witness.md "On disk": the spelling of a note key, with the type of a cosigner. Without a line end. */
export function formatCosignerKey(name: string, seed: Uint8Array): string {
  const { keyId } = cosignerFromSeed(name, seed)
  const key = encodeBase64(concatBytes(Uint8Array.of(noteKeyType.cosignatureEd25519), seed))
  return `${prefix}${name}+${hex8(keyId)}+${key}`
}

/** `undefined` for anything but what `formatCosignerKey` and a line end make. No part of the text leaves here: it is a secret. */
export function parseCosignerKey(text: string): Cosigner | undefined {
  if (text.length > keyCharactersMax || !text.startsWith(prefix) || !text.endsWith('\n')) return undefined
  // Base64 may hold a plus, a name may not.
  const [name = '', idText = '', ...rest] = text.slice(prefix.length, -1).split('+')
  const bytes = decodeBase64(rest.join('+'))
  if (!isOrigin(name) || bytes?.length !== 33 || bytes[0] !== noteKeyType.cosignatureEd25519) return undefined
  const cosigner = cosignerFromSeed(name, bytes.subarray(1))
  return hex8(cosigner.keyId) === idText ? cosigner : undefined
}

function hex8(keyId: number): string {
  return keyId.toString(16).padStart(8, '0')
}
