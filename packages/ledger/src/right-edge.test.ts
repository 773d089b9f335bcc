import { Frontier, hashLeaf, inclusionProof, checkInclusion, rootOf } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { partialWidth, RightEdge, tileIndex } from './right-edge.ts'

const leaf = (index: number) => hashLeaf(Buffer.from(String(index)))

describe('the right edge', () => {
  it('has the root of the tree at every size, and the same frontier', () => {
    const edge = new RightEdge()
    const frontier = new Frontier()
    for (let size = 0; size < 1100; size++) {
      expect(Buffer.compare(edge.root(), frontier.root())).toBe(0)
      expect(edge.frontier().hashes()).toEqual(frontier.hashes())
      edge.push(leaf(size))
      frontier.append(leaf(size))
    }
  })

  it('gives up each tile once, when it is full, with the hashes below it', () => {
    const edge = new RightEdge()
    const completed: string[] = []
    for (let size = 0; size < 65_536; size++) {
      for (const { level, index, nodes } of edge.push(leaf(size))) {
        expect(nodes.width).toBe(256)
        completed.push(`${level}/${index}`)
      }
    }
    const lowest = Array.from({ length: 256 }, (_, index) => `0/${index}`)
    expect(completed).toEqual([...lowest, '1/0'])
    // 65 536 is one hash at level 2, and nothing partial below.
    expect(edge.partials().map(({ level, index, nodes }) => [level, index, nodes.width])).toEqual([[2, 0, 1]])
  })

  it('has the partial widths of C2SP tlog-tiles', () => {
    expect([0, 1, 2, 3].map(level => partialWidth(70_000, level))).toEqual([112, 17, 1, 0])
    expect([0, 1, 2].map(level => tileIndex(70_000, level))).toEqual([273, 1, 0])
    expect([0, 1].map(level => partialWidth(256, level))).toEqual([0, 1])
  })

  it('knows the hashes that proofs of its newest entries need', () => {
    const edge = new RightEdge()
    const leaves = Array.from({ length: 200 }, (_, index) => leaf(index))
    for (const [index, hash] of leaves.entries()) {
      edge.push(hash)
      const read = (level: number, at: number) => {
        const found = edge.hash(level, at)
        if (found === undefined) throw new Error(`hash ${level}/${at} is missing`)
        return found
      }
      const root = rootOf(leaves.slice(0, index + 1))
      for (const proven of [0, index >> 1, index]) {
        const proof = inclusionProof(proven, index + 1, read)
        expect(checkInclusion(proven, index + 1, leaves[proven]!, proof, root)).toBe(true)
      }
    }
  })
})
