import fs from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { checkLedger, type CheckOptions } from './check.ts'
import { formatRecord, parseRecord } from './journal-record.ts'
import { leafHashes, hashAt } from './hashing.ts'
import { formatState, parseState } from './state.ts'
import { entriesFrom, newLedger, open } from './testing/temporary-ledger.ts'

const size = 300

/** A sound one, closed, in full and partial tiles. */
async function ledgerOf300(): Promise<string> {
  const { dir } = await newLedger()
  const ledger = await open(dir)
  await ledger.append(entriesFrom(0, 256))
  await ledger.append(entriesFrom(256, size - 256))
  await ledger.close()
  expect(checkLedger(dir)).toMatchObject({ ok: true, size, settled: size, unindexed: 0, faults: [] })
  return dir
}

function inIndex(dir: string, sql: string): void {
  const database = new DatabaseSync(join(dir, 'index.db'))
  database.exec(sql)
  database.close()
}

const codesOf = (dir: string, options: CheckOptions = {}) => checkLedger(dir, options).faults.map(({ code }) => code)

describe('fsck of the index', () => {
  it('sees two entries that have changed places', async () => {
    const dir = await ledgerOf300()
    inIndex(dir, 'update leaf set position = case position when 7 then 260 else 7 end where position in (7, 260)')
    expect(codesOf(dir)).toEqual(['index', 'index'])
  })

  it('sees an entry that is missing between others, and one at two places', async () => {
    const dir = await ledgerOf300()
    inIndex(dir, 'delete from leaf where position = 12')
    expect(codesOf(dir)).toEqual(['index'])
    inIndex(dir, "insert into leaf (hash, position) values (x'" + '00'.repeat(32) + "', 12)")
    expect(codesOf(dir)).toEqual(['index'])
  })

  it('sees a row of no entry there can be', async () => {
    const dir = await ledgerOf300()
    inIndex(dir, "insert into leaf (hash, position) values (x'" + '11'.repeat(32) + "', -1)")
    expect(codesOf(dir)).toEqual(['index'])
    inIndex(dir, "update leaf set hash = x'1111' where position = -1")
    expect(codesOf(dir)).toEqual(['index'])
  })

  it('says how many of the newest are not in it yet, which is no fault', async () => {
    const dir = await ledgerOf300()
    inIndex(dir, 'delete from leaf where position >= 290')
    expect(checkLedger(dir)).toMatchObject({ ok: true, unindexed: 10 })
  })
})

describe('fsck of signed roots', () => {
  it('sees that the state, or a tree remembered from before, has another root than the entries give', async () => {
    const dir = await ledgerOf300()
    const path = join(dir, 'state.json')
    const state = parseState(fs.readFileSync(path, 'utf8'), path)
    expect(codesOf(dir, { previous: { size, root: state.root } })).toEqual([])
    expect(codesOf(dir, { previous: { size: 299, root: state.root } })).toEqual(['root'])
    expect(codesOf(dir, { previous: { size: size + 1, root: state.root } })).toEqual(['inconsistent'])
    fs.writeFileSync(path, formatState({ ...state, root: new Uint8Array(32) }))
    expect(codesOf(dir)).toEqual(['root'])
  })

  it('sees that a record of the journal holds another entry than its bundle, and so another root', async () => {
    const dir = await ledgerOf300()
    const path = join(dir, 'journal', '0')
    const bytes = fs.readFileSync(path)
    const first = parseRecord(bytes, 0)
    if (first === undefined) throw new Error('expected a record')
    const other = Buffer.from(first.record.entries[9]!.bytes)
    other[0]! ^= 1
    first.record.entries[9] = { bytes: other, hash: hashAt(leafHashes([other]), 0) }
    fs.writeFileSync(path, Buffer.concat([formatRecord(first.record), bytes.subarray(first.end)]))
    expect(codesOf(dir)).toEqual(['journal'])
    first.record.root = new Uint8Array(32)
    fs.writeFileSync(path, Buffer.concat([formatRecord(first.record), bytes.subarray(first.end)]))
    expect(codesOf(dir)).toEqual(['root', 'journal'])
  })
})
