import { formatTlogProof, hashLeaf, inclusionProof, rootOf } from '@breakglass/verify'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { proofTexts } from './proof-texts.ts'

const note = 'ledger.example/log\n7\nAAAA\n\n— ledger.example/log AAAA\n'
const leaves = Array.from({ length: 1100 }, (_, index) => hashLeaf(Buffer.from(`entry ${index}`)))
const known = new Map<string, Uint8Array>()

function read(level: number, index: number): Uint8Array {
  const key = `${level}/${index}`
  const hash = known.get(key) ?? rootOf(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))
  known.set(key, hash)
  return hash
}

const oneByOne = (indices: readonly number[], size: number) =>
  new Map(
    indices.map(index => [
      index,
      formatTlogProof({ index, path: inclusionProof(index, size, read), checkpoint: note }),
    ]),
  )

describe('the proofs of a batch', () => {
  it('are the texts that each entry has by itself, wherever the entries lie', () => {
    const sized = fc
      .integer({ min: 1, max: leaves.length })
      .chain(size => fc.tuple(fc.constant(size), fc.uniqueArray(fc.nat(size - 1), { maxLength: 40 })))
    fc.assert(
      fc.property(sized, ([size, indices]) => {
        const ascending = indices.toSorted((a, b) => a - b)
        expect(proofTexts(ascending, { size, note }, read)).toEqual(oneByOne(ascending, size))
      }),
    )
  })

  it('are those of all entries of every small tree', () => {
    for (let size = 1; size <= 40; size++) {
      const indices = Array.from({ length: size }, (_, index) => index)
      expect(proofTexts(indices, { size, note }, read)).toEqual(oneByOne(indices, size))
    }
  })

  it('reads what the paths share once', () => {
    let reads = 0
    const counting = (level: number, index: number) => {
      reads++
      return read(level, index)
    }
    proofTexts(
      Array.from({ length: 256 }, (_, index) => 512 + index),
      { size: 1024, note },
      counting,
    )
    expect(reads).toBeLessThan(2 * 256 + 4)
  })

  it('are not made for what is no entry of the tree', () => {
    for (const indices of [[7], [-1], [0.5], [3, 3], [4, 2]]) {
      expect(() => proofTexts(indices, { size: 7, note }, read)).toThrow(TypeError)
    }
  })
})
