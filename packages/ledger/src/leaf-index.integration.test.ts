import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { hashLeaf } from '@breakglass/verify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LeafIndex, readLeafIndex } from './leaf-index.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'breakglass-index-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const path = () => join(dir, 'index.db')
const hashesFrom = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => hashLeaf(Buffer.from(`entry ${from + index}`)))

function store(hashes: Uint8Array[]): void {
  const index = new LeafIndex(path())
  index.add(hashes)
  index.store()
  index.close()
}

function write(sql: string): void {
  const database = new DatabaseSync(path())
  database.exec(sql)
  database.close()
}

function* rowsOf(pages: ReturnType<typeof readLeafIndex>): Generator<[string, number]> {
  for (const { hashes, positions } of pages) {
    for (const [at, position] of positions.entries()) {
      yield [hashes.subarray(at * 32, at * 32 + 32).toString('hex'), position]
    }
  }
}

const allRows = () => [...rowsOf(readLeafIndex(path()))]

describe('an index under load', () => {
  const busy = 5000

  it.each([0, busy, 20_000])('finds %i leaves of an earlier life, and none that is new', stored => {
    store(hashesFrom(0, stored))
    const index = new LeafIndex(path())
    for (let at = 0; at < busy; at += 100) {
      const fresh = hashesFrom(stored + at, 100)
      expect(fresh.filter(hash => index.find(hash) !== undefined)).toEqual([])
      index.add(fresh)
      const [oldest, newest] = [at % Math.max(1, stored), stored + at + 99]
      expect(hashesFrom(oldest, 1).map(hash => index.find(hash))).toEqual([oldest])
      expect(hashesFrom(newest, 1).map(hash => index.find(hash))).toEqual([newest])
    }
    const all = hashesFrom(0, stored + busy)
    expect(all.filter((hash, position) => index.find(hash) !== position)).toEqual([])
    index.close()
  })

  it('stores by itself what is no longer recent, at the same positions', () => {
    const index = new LeafIndex(path())
    const all = hashesFrom(0, 40_000)
    index.add(all)
    index.close()
    expect(allRows().length).toBeGreaterThan(20_000)
    const again = new LeafIndex(path())
    expect(all.slice(0, again.size).filter((hash, position) => again.find(hash) !== position)).toEqual([])
    again.close()
  })
})

describe('an index on its way to the disk', () => {
  it('finds every leaf at every step, and after an end in the middle knows a beginning of them', () => {
    const all = hashesFrom(0, 12_000)
    const index = new LeafIndex(path())
    index.add(all)
    for (let step = 0; step < 3; step++) {
      index.storeSome(1000)
      expect(all.filter((hash, position) => index.find(hash) !== position)).toEqual([])
    }
    index.close()
    const again = new LeafIndex(path())
    const known = again.size
    expect(known).toBeLessThan(12_000)
    expect(allRows()).toHaveLength(known)
    expect(all.map(hash => again.find(hash))).toEqual(all.map((_, place) => (place < known ? place : undefined)))
    again.add(all.slice(known))
    again.store()
    expect(new Map(allRows()).size).toBe(12_000)
    again.close()
  })
})

describe('reading the index whole', () => {
  it('gives each row once, with its position, also of more than are read at once', () => {
    const hashes = hashesFrom(0, 9000)
    store(hashes)
    const rows = allRows()
    expect(rows).toHaveLength(9000)
    const expected = hashes.map((hash, position): [string, number] => [Buffer.from(hash).toString('hex'), position])
    expect(new Map(rows)).toEqual(new Map(expected))
  })

  it('gives nothing of an empty one', () => {
    store([])
    expect(allRows()).toEqual([])
  })

  it('keeps to the moment it began, whatever is added meanwhile', () => {
    store(hashesFrom(0, 5000))
    const pages = readLeafIndex(path())
    const first = pages.next().value
    store(hashesFrom(5000, 5000))
    expect((first?.positions.length ?? 0) + [...rowsOf(pages)].length).toBe(5000)
    expect(allRows()).toHaveLength(10_000)
  })

  it.each(["x''", "x'00'", `x'${'00'.repeat(33)}'`])('does not pass over a row whose hash is %s', hash => {
    store(hashesFrom(0, 10))
    write(`insert into leaf (hash, position) values (${hash}, 10)`)
    expect(allRows).toThrow('32 bytes')
  })
})
