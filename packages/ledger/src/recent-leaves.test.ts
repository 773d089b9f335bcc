import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecentLeaves } from './recent-leaves.ts'
import { SeenLeaves } from './seen-leaves.ts'

/** Hashes of a few numbers, some of which share the bytes that a table looks at first. */
const hashOf = (number: number): Uint8Array => {
  const hash = new Uint8Array(createHash('sha256').update(String(number)).digest())
  if (number % 3 === 0) hash.fill(7, 28)
  if (number % 5 === 0) hash.fill(9, 0, 4)
  return hash
}
const hashes = fc.uniqueArray(fc.nat(500), { maxLength: 64 }).map(numbers => numbers.map(hashOf))

describe('the recent leaves', () => {
  it('are found where they came, and others are not', () => {
    fc.assert(
      fc.property(hashes, fc.nat(64), (all, known) => {
        const recent = new RecentLeaves(64)
        for (const hash of all.slice(0, known)) recent.add(hash)
        const places = all.map((_, place) => (place < known ? place : undefined))
        expect(all.map(hash => recent.find(hash))).toEqual(places)
      }),
    )
  })

  it('come each once, ordered by their first bytes', () => {
    fc.assert(
      fc.property(hashes, all => {
        const recent = new RecentLeaves(64)
        for (const hash of all) recent.add(hash)
        const rows = [...recent.sorted()]
        expect(rows.map(([, place]) => place).sort((a, b) => a - b)).toEqual(all.map((_, place) => place))
        for (const [hash, place] of rows) expect(Buffer.compare(hash, all[place]!)).toBe(0)
        const prefixes = rows.map(([hash]) => Buffer.from(hash).readUInt32BE())
        expect(prefixes).toEqual(prefixes.toSorted((a, b) => a - b))
      }),
    )
  })

  it('refuse one that came before, one too many, and what is no hash', () => {
    const recent = new RecentLeaves(2)
    recent.add(hashOf(1))
    expect(() => recent.add(hashOf(1))).toThrow('each entry once')
    expect(() => recent.find(new Uint8Array(31))).toThrow('32 bytes')
    recent.add(hashOf(2))
    expect(() => recent.add(hashOf(4))).toThrow('at most 2 leaves')
  })

  it('are none when they are cleared', () => {
    const recent = new RecentLeaves(2)
    recent.add(hashOf(1))
    recent.clear()
    expect([recent.size, recent.find(hashOf(1)), [...recent.sorted()]]).toEqual([0, undefined, []])
  })
})

describe('the filter', () => {
  it('knows all that it was given, and says of most others that they are new', () => {
    const seen = new SeenLeaves()
    const numbers = Array.from({ length: 5000 }, (_, number) => 15 * number + 1)
    for (const number of numbers) seen.add(hashOf(number))
    expect(numbers.every(number => seen.mayHave(hashOf(number)))).toBe(true)
    const doubted = numbers.filter(number => seen.mayHave(hashOf(-number)))
    expect(doubted.length).toBeLessThan(20)
  })
})
