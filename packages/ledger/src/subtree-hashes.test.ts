import { Frontier, hashLeaf, rootOf } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { SubtreeHashes } from './subtree-hashes.ts'

const leaves = Array.from({ length: 600 }, (_, index) => hashLeaf(Buffer.from(`entry ${index}`)))
const hashes = new SubtreeHashes(Buffer.concat(leaves))

describe('the hashes of full subtrees', () => {
  it('give the root of every size that a verifier computes', () => {
    const frontier = new Frontier()
    for (const [index, leaf] of leaves.entries()) {
      expect(hashes.root(index)).toEqual(new Uint8Array(frontier.root()))
      frontier.append(leaf)
    }
    expect(hashes.root(600)).toEqual(new Uint8Array(frontier.root()))
  })

  it('are those of so many leaves each, of a size and not beyond', () => {
    const tiles = hashes.ofHeight(8)
    expect(tiles).toHaveLength(64)
    expect(new Uint8Array(tiles.subarray(32))).toEqual(new Uint8Array(rootOf(leaves.slice(256, 512))))
    expect(hashes.ofHeight(8, 511)).toEqual(tiles.subarray(0, 32))
    expect(hashes.ofHeight(0, 3)).toEqual(Buffer.concat(leaves.slice(0, 3)))
    expect(hashes.ofHeight(10)).toHaveLength(0)
  })

  it('have no root of more leaves than there are', () => {
    expect(() => hashes.root(601)).toThrow(RangeError)
  })
})
