import { emptyRoot, type HashReader, hashLeaf, hashNode, rootOf } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { proveConsistency } from './consistency.ts'

const leaves = Array.from({ length: 21 }, (_, at) => hashLeaf(Uint8Array.of(at)))
const sound: HashReader = (level, index) =>
  level === 0 ? leaves[index]! : hashNode(sound(level - 1, 2 * index), sound(level - 1, 2 * index + 1))
const published = (size: number) => ({ size, root: size === 0 ? emptyRoot : rootOf(leaves.slice(0, size)) })

describe('a proof of consistency', () => {
  it('is given between any sizes up to the published one', () => {
    for (let size = 0; size <= leaves.length; size++) {
      for (let to = 0; to <= size; to++) {
        for (let from = 0; from <= to; from++) {
          expect(proveConsistency({ from, to }, published(size), sound)).toMatchObject({ from, to })
        }
      }
    }
  })

  it('is withheld when a hash it rests on is damaged', () => {
    const damaged: HashReader = (level, index) =>
      level === 1 && index === 4 ? hashLeaf(Uint8Array.of(99)) : sound(level, index)
    expect(() => proveConsistency({ from: 10 }, published(21), damaged)).toThrow(
      expect.objectContaining({ code: 'tile_damaged' }),
    )
  })

  it.each([{ from: 22 }, { from: -1 }, { from: 1.5 }, { from: 3, to: 2 }, { from: 3, to: 22 }, { from: Number.NaN }])(
    'is refused for %j',
    range => {
      expect(() => proveConsistency(range, published(21), sound)).toThrow(
        expect.objectContaining({ code: 'bad_range' }),
      )
    },
  )
})
