import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeUtf8, sameBytes } from './bytes.ts'
import { Frontier } from './frontier.ts'
import { checkConsistency, checkInclusion, consistencyProof, type HashReader, inclusionProof, rootOf } from './tree.ts'
import { emptyRoot, hashLeaf, hashNode } from './tree-hash.ts'

const leaves = Array.from({ length: 64 }, (_, index) => hashLeaf(encodeUtf8(`entry ${index}`)))

/** RFC 6962 §2.1 word for word: the definition that everything else is measured by. */
function definition(hashes: Uint8Array[]): Uint8Array {
  const [first] = hashes
  if (first === undefined) return emptyRoot
  if (hashes.length === 1) return first
  let split = 1
  while (split * 2 < hashes.length) split *= 2
  return hashNode(definition(hashes.slice(0, split)), definition(hashes.slice(split)))
}

const roots = Array.from({ length: 65 }, (_, size) => definition(leaves.slice(0, size)))
const read: HashReader = (level, index) => definition(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))

describe('the tree of RFC 6962', () => {
  it('has the roots of the definition, at once and leaf by leaf', () => {
    const frontier = new Frontier()
    for (let size = 0; size <= 64; size++) {
      expect(rootOf(leaves.slice(0, size))).toEqual(roots[size])
      expect(frontier.size).toBe(size)
      expect(frontier.root()).toEqual(roots[size])
      expect(new Frontier(size, frontier.hashes()).root()).toEqual(roots[size])
      if (size < 64) frontier.append(leaves[size]!)
    }
  })

  it('lets a clone grow without its original', () => {
    const frontier = new Frontier(3, [read(1, 0), leaves[2]!])
    const clone = frontier.clone()
    clone.append(leaves[3]!)
    expect(clone.root()).toEqual(roots[4])
    expect(frontier.root()).toEqual(roots[3])
  })

  it('proves every leaf of every size to 64, and nothing else', () => {
    for (let size = 1; size <= 64; size++) {
      const root = roots[size]!
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(index, size, read)
        const leaf = leaves[index]!
        expect(checkInclusion(index, size, leaf, proof, root)).toBe(true)
        const other = (index + 1) % size
        if (other !== index) expect(checkInclusion(other, size, leaf, proof, root)).toBe(false)
        expect(checkInclusion(index, size, hashLeaf(leaf), proof, root)).toBe(false)
        expect(checkInclusion(index, size, leaf, [...proof, leaf], root)).toBe(false)
        expect(checkInclusion(index, size, leaf, proof, emptyRoot)).toBe(false)
        if (proof.length > 0) expect(checkInclusion(index, size, leaf, proof.slice(1), root)).toBe(false)
        if (proof.length > 0) expect(checkInclusion(index, size, leaf, proof.slice(0, -1), root)).toBe(false)
      }
      expect(checkInclusion(size, size, leaves[0]!, [], root)).toBe(false)
      expect(checkInclusion(-1, size, leaves[0]!, [], root)).toBe(false)
      expect(checkInclusion(0.5, size, leaves[0]!, [], root)).toBe(false)
    }
  })

  it('does not take a proof in a smaller tree for one in a larger', () => {
    for (let size = 2; size < 64; size++) {
      for (let larger = size + 1; larger <= 64; larger++) {
        const proof = inclusionProof(0, size, read)
        if (proof.length === inclusionProof(0, larger, read).length) continue
        expect(checkInclusion(0, larger, leaves[0]!, proof, roots[size]!)).toBe(false)
      }
    }
  })

  it('proves every pair of sizes to 64 consistent, and no other root', () => {
    for (let to = 0; to <= 64; to++) {
      for (let from = 0; from <= to; from++) {
        const proof = consistencyProof(from, to, read)
        const fromRoot = roots[from]!
        const toRoot = roots[to]!
        expect(checkConsistency(from, to, proof, fromRoot, toRoot)).toBe(true)
        expect(checkConsistency(from, to, [...proof, toRoot], fromRoot, toRoot)).toBe(false)
        if (from > 0) expect(checkConsistency(from, to, proof, emptyRoot, toRoot)).toBe(false)
        if (from > 0) expect(checkConsistency(from, to, proof, fromRoot, emptyRoot)).toBe(false)
        if (proof.length > 0) expect(checkConsistency(from, to, proof.slice(0, -1), fromRoot, toRoot)).toBe(false)
        if (proof.length > 0) expect(checkConsistency(from, to, proof.slice(1), fromRoot, toRoot)).toBe(false)
        if (from < to) expect(checkConsistency(to, from, proof, toRoot, fromRoot)).toBe(false)
      }
    }
  })

  it('refuses a tree whose past was changed', () => {
    const changed = leaves.map((leaf, index) => (index === 5 ? hashLeaf(encodeUtf8('rewritten')) : leaf))
    const rewritten: HashReader = (level, index) =>
      definition(changed.slice(index * 2 ** level, (index + 1) * 2 ** level))
    for (let from = 6; from < 64; from++) {
      const proof = consistencyProof(from, 64, rewritten)
      expect(checkConsistency(from, 64, proof, roots[from]!, definition(changed))).toBe(false)
    }
  })
})

/** A tree of any size in which all leaves are one: a full subtree's hash depends on its level alone. */
const levels: Uint8Array[] = [hashLeaf(encodeUtf8('same'))]
while (levels.length < 54) levels.push(hashNode(levels.at(-1)!, levels.at(-1)!))
const uniform: HashReader = level => levels[level]!

function uniformRoot(size: number): Uint8Array {
  const parts: Uint8Array[] = []
  for (let level = 53; level >= 0; level--) {
    if (Math.floor(size / 2 ** level) % 2 === 1) parts.push(levels[level]!)
  }
  return new Frontier(size, parts).root()
}

describe('sizes past 32 bits', () => {
  const size = fc.oneof(
    fc.maxSafeNat(),
    fc.integer({ min: 0, max: 53 }).map(bits => Math.min(2 ** bits, 2 ** 53 - 1)),
  )

  it('reads only full subtrees that lie within the tree, and proves inclusion', () => {
    fc.assert(
      fc.property(size, fc.maxSafeNat(), (size, pick) => {
        fc.pre(size > 0)
        const index = pick % size
        const within: HashReader = (level, at) => {
          expect(Number.isSafeInteger(at) && (at + 1) * 2 ** level <= size).toBe(true)
          return uniform(level, at)
        }
        const proof = inclusionProof(index, size, within)
        expect(checkInclusion(index, size, levels[0]!, proof, uniformRoot(size))).toBe(true)
        expect(checkInclusion(index, size, levels[1]!, proof, uniformRoot(size))).toBe(false)
      }),
    )
  })

  it('proves consistency', () => {
    fc.assert(
      fc.property(size, size, (a, b) => {
        const [from, to] = a < b ? [a, b] : [b, a]
        const proof = consistencyProof(from, to, uniform)
        expect(checkConsistency(from, to, proof, uniformRoot(from), uniformRoot(to))).toBe(true)
        if (from > 0) expect(checkConsistency(from, to, proof, uniformRoot(from), emptyRoot)).toBe(false)
      }),
    )
  })

  it('appends where the size is past 32 bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2 ** 31 - 2, max: 2 ** 53 - 2 }), size => {
        const parts: Uint8Array[] = []
        for (let level = 53; level >= 0; level--)
          if (Math.floor(size / 2 ** level) % 2 === 1) parts.push(levels[level]!)
        const frontier = new Frontier(size, parts)
        frontier.append(levels[0]!)
        expect(frontier.size).toBe(size + 1)
        expect(sameBytes(frontier.root(), uniformRoot(size + 1))).toBe(true)
      }),
    )
  })
})

describe('misuse', () => {
  it('takes no hash of another length, which could lend a byte to its neighbour', () => {
    const [left, right] = [hashLeaf(encodeUtf8('a')), hashLeaf(encodeUtf8('b'))]
    const root = hashNode(left, right)
    const longer = new Uint8Array([...left, ...right.subarray(0, 1)])
    const shorter = right.subarray(1)
    expect(checkInclusion(0, 2, left, [right], root)).toBe(true)
    expect(checkInclusion(0, 2, longer, [shorter], root)).toBe(false)
    expect(checkConsistency(1, 2, [right], left, root)).toBe(true)
    expect(checkConsistency(1, 2, [shorter], longer, root)).toBe(false)
  })

  it.each([
    ['a size past 2^53 - 1', () => inclusionProof(0, 2 ** 53, uniform)],
    ['an index at the size', () => inclusionProof(3, 3, uniform)],
    ['a negative index', () => inclusionProof(-1, 3, uniform)],
    ['a size that falls', () => consistencyProof(3, 2, uniform)],
    ['a frontier of the wrong number of hashes', () => new Frontier(3, [leaves[0]!])],
    ['a frontier of short hashes', () => new Frontier(1, [new Uint8Array(31)])],
    ['a frontier of a negative size', () => new Frontier(-1)],
  ])('throws TypeError on %s', (_, misuse) => {
    expect(misuse).toThrow(TypeError)
  })
})
