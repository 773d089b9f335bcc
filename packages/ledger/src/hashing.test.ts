import { hashLeaf, hashNode } from '@breakglass/verify'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashAt, hashLeafInto, hashPairInto, leafHashes } from './hashing.ts'

describe('hashes written into place', () => {
  it('are those that a verifier computes, for entries of any lengths one after the other', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 }), entries => {
        const hashes = leafHashes(entries)
        expect(entries.map((_, index) => [...hashAt(hashes, index)])).toEqual(
          entries.map(entry => [...hashLeaf(entry)]),
        )
      }),
    )
  })

  it('take the longest entry there is, and no longer one', () => {
    const longest = new Uint8Array(0xffff).fill(0xa5)
    expect([...leafHashes([longest])]).toEqual([...hashLeaf(longest)])
    expect(() => leafHashes([new Uint8Array(0x10000)])).toThrow(RangeError)
  })

  it('take an entry out of the middle of other bytes', () => {
    const target = Buffer.alloc(32)
    hashLeafInto(target, 0, Buffer.from('..entry..'), 2, 7)
    expect([...target]).toEqual([...hashLeaf(Buffer.from('entry'))])
    expect(() => hashLeafInto(target, 0, Buffer.from('entry'), 2, 7)).toThrow(RangeError)
  })

  it('are those of a node over two hashes, wherever these lie', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.nat(40), (pair, before) => {
        const source = Buffer.concat([Buffer.alloc(before), pair])
        const target = Buffer.alloc(33)
        hashPairInto(target, 1, source, before)
        expect([...target.subarray(1)]).toEqual([...hashNode(pair.subarray(0, 32), pair.subarray(32))])
      }),
    )
  })

  it('are refused where there is no room for one, or nothing to hash', () => {
    expect(() => hashLeafInto(Buffer.alloc(32), 1, Buffer.from('entry'))).toThrow(RangeError)
    expect(() => hashPairInto(Buffer.alloc(32), 0, Buffer.alloc(64), 1)).toThrow(RangeError)
  })
})
