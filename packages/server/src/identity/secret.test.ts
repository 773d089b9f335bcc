import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatSecret, hashOfSecret, type SecretKind, secretKindOf, secretPrefixes } from './secret.ts'

const kinds = Object.keys(secretPrefixes) as SecretKind[]

describe('a secret', () => {
  it('says its kind, whatever its random bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.uint8Array({ minLength: 32, maxLength: 32 }), (kind, random) => {
        expect(secretKindOf(formatSecret(kind, random))).toBe(kind)
      }),
    )
  })

  it('is no other text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => secretKindOf(text) === undefined))
    expect(secretKindOf(`bgp_${'a'.repeat(42)}`)).toBeUndefined()
    expect(secretKindOf(`bgp_${'a'.repeat(43)}\n`)).toBeUndefined()
  })

  it('refuses to be made of fewer random bytes', () => {
    expect(() => formatSecret('person', new Uint8Array(16))).toThrow(TypeError)
  })

  it('is stored as SHA-256', () => {
    expect(hashOfSecret('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})
