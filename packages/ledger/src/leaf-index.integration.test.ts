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
