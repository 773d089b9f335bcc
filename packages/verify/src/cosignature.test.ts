import { describe, expect, it } from 'vitest'
import { decodeBase64, encodeBase64, encodeHex, encodeUtf8 } from './bytes.ts'
import { cosignedMessage, cosignerFromSeed, splitCosignature } from './cosignature.ts'
import { verifyEd25519 } from './ed25519.ts'
import { parseVkey } from './vkey.ts'

const text = 'example.com/log\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n'
const cosigner = cosignerFromSeed('witness.example/1', new Uint8Array(32).fill(5))

describe('a cosignature', () => {
  // C2SP tlog-cosignature "Format", byte by byte: two header lines, then the text with its own last line end.
  it('is over exactly these bytes', () => {
    const message = cosignedMessage(text, 1_800_000_000)
    expect(encodeHex(message.subarray(0, 31))).toBe('636f7369676e61747572652f76310a74696d6520313830303030303030300a')
    expect(encodeBase64(message.subarray(31))).toBe(encodeBase64(encodeUtf8(text)))
    expect(message.length).toBe(31 + text.length)
  })

  it('is a line of key ID, time in eight bytes, and the signature over that message', () => {
    const line = cosigner.cosign(text, 1_800_000_000)
    const [dash, name, base64 = ''] = line.trimEnd().split(' ')
    expect([dash, name, line.endsWith('\n')]).toEqual(['—', 'witness.example/1', true])
    const bytes = decodeBase64(base64) ?? new Uint8Array()
    const key = parseVkey(cosigner.vkey)
    if (!key.ok) throw new Error('expected a vkey')
    expect(encodeHex(bytes.subarray(0, 4))).toBe(key.value.keyId.toString(16).padStart(8, '0'))
    expect(encodeHex(bytes.subarray(4, 12))).toBe('000000006b49d200')
    expect(verifyEd25519(key.value.publicKey, cosignedMessage(text, 1_800_000_000), bytes.subarray(12))).toBe(true)
    expect(verifyEd25519(key.value.publicKey, cosignedMessage(text, 1_800_000_001), bytes.subarray(12))).toBe(false)
    expect(splitCosignature(bytes.subarray(4))?.timeSeconds).toBe(1_800_000_000)
  })

  it('is none of another length, of time 0, or of a time past 2^53 - 1', () => {
    const bytes = new Uint8Array(72)
    expect(splitCosignature(bytes)).toBeUndefined()
    bytes.set([0, 0x20], 0)
    expect(splitCosignature(bytes)).toBeUndefined()
    bytes.set([0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 0)
    expect(splitCosignature(bytes)?.timeSeconds).toBe(Number.MAX_SAFE_INTEGER)
    expect(splitCosignature(bytes.subarray(1))).toBeUndefined()
  })
})
