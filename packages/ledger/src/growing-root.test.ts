import { Frontier, hashLeaf } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { GrowingRoot } from './growing-root.ts'

const leaf = (index: number) => hashLeaf(Buffer.from(`entry ${index}`))
const plain = (bytes: Uint8Array) => new Uint8Array(bytes)

describe('the root of a tree that grows', () => {
  it('is the one a verifier computes, at every size', () => {
    const frontier = new Frontier()
    const growing = new GrowingRoot(0, [])
    for (let size = 0; size <= 600; size++) {
      expect(growing.size).toBe(size)
      expect(plain(growing.root())).toEqual(plain(frontier.root()))
      for (const tree of [frontier, growing]) tree.append(leaf(size))
    }
  })

  it('goes on from the full subtrees of any size', () => {
    const frontier = new Frontier()
    for (let size = 0; size < 300; size++) {
      const growing = new GrowingRoot(size, frontier.hashes())
      frontier.append(leaf(size))
      growing.append(leaf(size))
      expect(plain(growing.root())).toEqual(plain(frontier.root()))
    }
  })

  it('takes hashes only', () => {
    expect(() => new GrowingRoot(0, []).append(new Uint8Array(31))).toThrow('32 bytes')
  })
})
