import fs from 'node:fs'
import { join } from 'node:path'
import { formatDigest, hashLeaf } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { checkLedger } from './check.ts'
import { initLedger } from './init.ts'
import { formatState, parseState } from './state.ts'
import {
  checkSound,
  codeOf,
  entriesFrom,
  newLedger,
  open,
  startMs,
  temporaryDir,
  verifyLogged,
} from './testing/temporary-ledger.ts'

const leafOf = (entry: Uint8Array) => formatDigest(hashLeaf(entry))

describe('a new ledger', () => {
  it('keeps its secrets to its owner and its hashes only', async () => {
    const { dir, credentials } = await newLedger()
    for (const path of ['ledger.key', 'credentials.json', 'credentials/server.secret', 'credentials/reader.secret']) {
      expect(fs.statSync(join(dir, path)).mode & 0o777).toBe(0o600)
    }
    const kept = fs.readFileSync(join(dir, 'credentials.json'), 'utf8')
    for (const { secret } of credentials) expect(kept).not.toContain(secret)
  })

  it('is not made where there is one already, nor among other files', async () => {
    const { dir } = await newLedger()
    expect(await codeOf(initLedger({ dir, now: () => startMs }))).toBe('already_a_ledger')
    const other = temporaryDir()
    fs.writeFileSync(join(other, 'notes.txt'), 'x')
    expect(await codeOf(initLedger({ dir: other, now: () => startMs }))).toBe('directory_not_empty')
  })

  it('refuses an origin that a note cannot carry', async () => {
    for (const origin of ['', 'a b', 'a+b', 'a\u2003b', 'x'.repeat(256)]) {
      expect(await codeOf(initLedger({ dir: join(temporaryDir(), 'l'), origin, now: () => startMs }))).toBe('bad_usage')
    }
  })

  it('publishes the empty tree first', async () => {
    const { dir } = await newLedger()
    const ledger = await open(dir)
    expect(ledger.checkpoint().size).toBe(0)
    expect(checkSound(dir).size).toBe(0)
  })
})

describe('append', () => {
  it('gives indices in order and proofs that verify, for every entry after every step', async () => {
    const { dir, vkey } = await newLedger()
    const ledger = await open(dir)
    const entries: Uint8Array[] = []
    for (const count of [1, 1, 2, 5, 3, 16]) {
      const added = entriesFrom(entries.length, count)
      const logged = await ledger.append(added)
      expect(logged.map(({ index }) => index)).toEqual(added.map((_, offset) => entries.length + offset))
      const previous = checkSound(dir, ledger.checkpoint())
      entries.push(...added)
      expect(previous.size).toBe(entries.length)
      for (const [position, entry] of added.entries()) verifyLogged(entry, logged[position]!, vkey)
      for (const [index, entry] of entries.entries()) {
        const found = await ledger.proofFor(leafOf(entry))
        expect(found?.index).toBe(index)
        expect(verifyLogged(entry, found!, vkey).size).toBe(entries.length)
      }
    }
  })

  it('answers the same index however often and however a leaf is sent', async () => {
    const { dir, vkey } = await newLedger()
    let ledger = await open(dir)
    const [a, b, c] = entriesFrom(0, 3) as [Uint8Array, Uint8Array, Uint8Array]
    const indices = async (...entries: Uint8Array[]) => (await ledger.append(entries)).map(({ index }) => index)
    expect(await indices(a)).toEqual([0])
    expect(await indices(a)).toEqual([0])
    expect(await indices(b, a, b, b)).toEqual([1, 0, 1, 1])
    expect(await Promise.all(Array.from({ length: 20 }, () => indices(c, a)))).toEqual(
      Array.from({ length: 20 }, () => [2, 0]),
    )
    await ledger.close()
    ledger = await open(dir)
    expect(await indices(c, b, a)).toEqual([2, 1, 0])
    await ledger.close()
    for (const suffix of ['', '-wal', '-shm']) fs.rmSync(join(dir, `index.db${suffix}`), { force: true })
    ledger = await open(dir)
    expect(await indices(a, b, c)).toEqual([0, 1, 2])
    const [logged] = await ledger.append([b])
    verifyLogged(b, logged!, vkey)
    expect(checkSound(dir).size).toBe(3)
  })

  it('rebuilds an index that is no database any more', async () => {
    const { dir } = await newLedger()
    const first = await open(dir)
    await first.append(entriesFrom(0, 5))
    await first.close()
    fs.writeFileSync(join(dir, 'index.db'), 'x'.repeat(8192))
    const ledger = await open(dir)
    expect((await ledger.append(entriesFrom(4, 2))).map(({ index }) => index)).toEqual([4, 5])
    checkSound(dir)
  })

  it('puts concurrent appends in one order without gap or double', async () => {
    const { dir, vkey } = await newLedger()
    const ledger = await open(dir)
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, caller) => {
        const [entry] = entriesFrom(caller, 1) as [Uint8Array]
        const [logged] = await ledger.append([entry])
        verifyLogged(entry, logged!, vkey)
        return logged!.index
      }),
    )
    expect(answers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index))
    expect(checkSound(dir).size).toBe(200)
  })

  it('answers everybody who asks again as soon as they are answered', async () => {
    const { dir } = await newLedger()
    const ledger = await open(dir)
    const asking = Array.from({ length: 64 }, async (_, caller) => {
      for (let turn = 0; turn < 40; turn++) await ledger.append(entriesFrom(64 * turn + caller, 1))
    })
    await Promise.all(asking)
    expect(checkSound(dir).size).toBe(64 * 40)
    await ledger.close()
  })

  it('refuses what is empty, too large, too many or past the queue, and takes none of it', async () => {
    const { dir } = await newLedger()
    const ledger = await open(dir, { queueEntriesMax: 4 })
    expect(await codeOf(ledger.append([]))).toBe('bad_entry')
    expect(await codeOf(ledger.append([...entriesFrom(0, 1), new Uint8Array(0)]))).toBe('bad_entry')
    expect(await codeOf(ledger.append([new Uint8Array(32_769)]))).toBe('too_large')
    expect(await codeOf(ledger.append(entriesFrom(0, 257)))).toBe('too_large')
    expect(await codeOf(ledger.append(entriesFrom(0, 5)))).toBe('too_many')
    const waiting = ledger.append(entriesFrom(0, 3))
    expect(await codeOf(ledger.append(entriesFrom(10, 2)))).toBe('too_many')
    // The same leaves wait for the same answer and take no place.
    expect((await ledger.append(entriesFrom(0, 3))).map(({ index }) => index)).toEqual([0, 1, 2])
    await waiting
    expect((await ledger.append([new Uint8Array(32_768)]))[0]?.index).toBe(3)
    expect(checkSound(dir).size).toBe(4)
  })

  it('finishes what it took before it closes, and takes nothing after', async () => {
    const { dir } = await newLedger()
    const ledger = await open(dir)
    const taken = ledger.append(entriesFrom(0, 300).slice(0, 256))
    const more = ledger.append(entriesFrom(300, 100))
    const closed = ledger.close()
    expect(await codeOf(ledger.append(entriesFrom(900, 1)))).toBe('stopping')
    expect([(await taken).length, (await more).length]).toEqual([256, 100])
    await closed
    expect(checkSound(dir).size).toBe(356)
  })
})

describe('tiles', () => {
  it('are whole at 255, 256, 257, 511, 512 and 513 entries, by commits that cross the edges', async () => {
    const { dir, vkey } = await newLedger()
    let ledger = await open(dir)
    let size = 0
    let previous = ledger.checkpoint()
    for (const next of [255, 256, 257, 511, 512, 513, 769, 1025]) {
      const entries = entriesFrom(size, next - size)
      const logged = await ledger.append(entries)
      for (const [position, entry] of entries.entries()) verifyLogged(entry, logged[position]!, vkey)
      checkSound(dir, previous)
      await ledger.close()
      ledger = await open(dir)
      for (const index of [0, 127, 254, 255, 256, 510, 511, 512, 767, 768, 1023].filter(index => index < next)) {
        const [entry] = entriesFrom(index, 1) as [Uint8Array]
        const found = await ledger.proofFor(leafOf(entry))
        expect(found?.index).toBe(index)
        verifyLogged(entry, found!, vkey)
      }
      size = next
      previous = ledger.checkpoint()
    }
    expect(fs.existsSync(join(dir, 'tree/tile/1/000.p/4'))).toBe(true)
    expect(fs.existsSync(join(dir, 'tree/tile/0/004.p/1'))).toBe(true)
  })

  it('reach the second level past 65 536 entries', { timeout: 120_000 }, async () => {
    const { dir, vkey } = await newLedger()
    let ledger = await open(dir, { segmentBytesMax: 200_000 })
    for (let size = 0; size < 65_536; size += 4096) {
      await Promise.all(Array.from({ length: 16 }, (_, part) => ledger.append(entriesFrom(size + part * 256, 256))))
    }
    const previous = ledger.checkpoint()
    expect(previous.size).toBe(65_536)
    checkSound(dir, previous)
    await ledger.close()
    // Once all is settled, the journal keeps the open segment and one closed one; the rest lies in bundles.
    expect(fs.readdirSync(join(dir, 'journal')).length).toBe(2)
    ledger = await open(dir)
    await ledger.append(entriesFrom(65_536, 256))
    await ledger.append(entriesFrom(65_792, 1))
    const report = checkSound(dir, previous)
    expect(report.size).toBe(65_793)
    for (const index of [0, 255, 256, 32_767, 65_535, 65_536, 65_791, 65_792]) {
      const [entry] = entriesFrom(index, 1) as [Uint8Array]
      const found = await ledger.proofFor(leafOf(entry))
      expect(found?.index).toBe(index)
      verifyLogged(entry, found!, vkey)
    }
    expect(fs.existsSync(join(dir, 'tree/tile/2/000.p/1'))).toBe(true)
    await ledger.close()
    // The newest full tile of level 1 lies under the only hash of level 2.
    const path = join(dir, 'tree/tile/1/000')
    const bytes = fs.readFileSync(path)
    bytes[100]! ^= 1
    fs.chmodSync(path, 0o600)
    fs.writeFileSync(path, bytes)
    expect(await codeOf(open(dir))).toBe('tree_damaged')
  })
})

describe('one writer and one clock', () => {
  it('refuses a second opening of the same directory until the first is closed', async () => {
    const { dir } = await newLedger()
    const first = await open(dir)
    expect(await codeOf(open(dir))).toBe('ledger_locked')
    await first.close()
    await open(dir)
  })

  it('stops signing when its lock file is taken from under it', async () => {
    const { dir } = await newLedger()
    const fatal: string[] = []
    const ledger = await open(dir, { onFatal: error => fatal.push(error.code) })
    await ledger.append(entriesFrom(0, 1))
    fs.rmSync(join(dir, 'lock.db'))
    expect(await codeOf(ledger.append(entriesFrom(1, 1)))).toBe('stopping')
    expect(fatal).toEqual(['lock_lost'])
    expect(await codeOf(ledger.append(entriesFrom(2, 1)))).toBe('stopping')
    expect(checkSound(dir).size).toBe(1)
  })

  it('takes a clock that steps back a little and stops at one that steps back more than 60 s', async () => {
    const { dir } = await newLedger()
    let nowMs = startMs
    const fatal: string[] = []
    const ledger = await open(dir, { now: () => nowMs, onFatal: error => fatal.push(error.code) })
    await ledger.append(entriesFrom(0, 1))
    nowMs -= 60_000
    await ledger.append(entriesFrom(1, 1))
    // Small steps do not add up: the limit stays where the latest time was.
    nowMs -= 1
    expect(await codeOf(ledger.append(entriesFrom(2, 1)))).toBe('stopping')
    expect(fatal).toEqual(['clock_went_back'])
    await ledger.close()
    expect(await codeOf(open(dir, { now: () => nowMs }))).toBe('clock_went_back')
    expect(checkSound(dir).size).toBe(2)
  })

  it('refuses a directory put back to an older copy of itself, when any part remembers more', async () => {
    const { dir } = await newLedger()
    const first = await open(dir)
    await first.append(entriesFrom(0, 3))
    await first.close()
    const state = fs.readFileSync(join(dir, 'state.json'))
    const second = await open(dir)
    await second.append(entriesFrom(3, 3))
    await second.close()
    fs.writeFileSync(join(dir, 'state.json'), state)
    expect(await codeOf(open(dir))).toBe('rolled_back')
    expect(checkLedger(dir).faults.map(({ code }) => code)).toContain('inconsistent')
    fs.rmSync(join(dir, 'tree/checkpoint'))
    const journal = join(dir, 'journal/0')
    fs.truncateSync(journal, fs.statSync(journal).size / 2)
    expect(await codeOf(open(dir))).toBe('rolled_back')
  })

  it('never takes a lost state for an empty log', async () => {
    const { dir } = await newLedger()
    const first = await open(dir)
    await first.append(entriesFrom(0, 3))
    await first.close()
    const path = join(dir, 'state.json')
    const state = parseState(fs.readFileSync(path, 'utf8'), path)
    fs.rmSync(path)
    expect(await codeOf(open(dir))).toBe('state_damaged')
    fs.writeFileSync(path, formatState({ ...state, size: 2 }))
    expect(await codeOf(open(dir))).toBe('tree_damaged')
  })
})
