import fs from 'node:fs'
import { join } from 'node:path'
import { formatDigest, hashLeaf } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { checkLedger } from './check.ts'
import { openLedger } from './ledger.ts'
import { checkSound, codeOf, entriesFrom, newLedger, open, startMs } from './testing/temporary-ledger.ts'

async function ledgerOf(size: number): Promise<{ dir: string }> {
  const { dir } = await newLedger()
  const ledger = await openLedger({ dir, now: () => startMs, unsettledEntriesMax: 0 })
  for (let at = 0; at < size; at += 256) await ledger.append(entriesFrom(at, Math.min(256, size - at)))
  await ledger.close()
  checkSound(dir)
  return { dir }
}

/** Flips one bit of a byte, looks, and puts it back. */
async function withFlippedBit<T>(path: string, at: number, look: () => Promise<T>): Promise<T> {
  const sound = fs.readFileSync(path)
  const mode = fs.statSync(path).mode
  const flipped = Buffer.from(sound)
  flipped[at]! ^= 1 << (at % 8)
  fs.chmodSync(path, 0o600)
  fs.writeFileSync(path, flipped)
  try {
    return await look()
  } finally {
    fs.writeFileSync(path, sound)
    fs.chmodSync(path, mode)
  }
}

describe('one flipped bit', () => {
  const size = 256 * 2 + 5
  const cases = [
    { path: 'state.json', code: 'state_damaged' },
    { path: 'tree/checkpoint', code: 'checkpoint_damaged' },
    { path: 'tree/tile/entries/002.p/5', code: 'tree_damaged' },
    { path: 'tree/tile/0/002.p/5', code: 'tree_damaged' },
    { path: 'tree/tile/1/000.p/2', code: 'tree_damaged' },
    { path: 'tree/tile/entries/001', code: 'tree_damaged' },
    { path: 'tree/tile/0/001', code: 'tree_damaged' },
    { path: 'journal/0', code: 'journal_damaged' },
    { path: 'ledger.key', code: 'config_damaged' },
  ]
  for (const { path, code } of cases) {
    it(`in ${path} is seen by the start, which refuses, and by fsck`, async () => {
      const { dir } = await ledgerOf(size)
      const length = fs.statSync(join(dir, path)).size
      const stride = Math.max(1, Math.floor(length / 60))
      for (let at = 0; at < length; at += stride) {
        // The line end behind the key may be missing; flipped, it is another character and is seen.
        const seen = await withFlippedBit(join(dir, path), at, async () => ({
          start: await codeOf(openLedger({ dir, now: () => startMs })),
          fsck: fsckSees(dir),
        }))
        expect({ at, ...seen }).toEqual({ at, start: code, fsck: true })
      }
      checkSound(dir)
    })
  }

  for (const path of ['tree/tile/entries/000', 'tree/tile/0/000', 'tree/tile/entries/000.p/7', 'tree/tile/0/000.p/7']) {
    it(`in ${path}, which no commit builds on, is seen by fsck`, async () => {
      const { dir } = await newLedger()
      const ledger = await openLedger({ dir, now: () => startMs, unsettledEntriesMax: 0 })
      await ledger.append(entriesFrom(0, 7))
      for (let at = 7; at < size; at += 250) await ledger.append(entriesFrom(at, 250))
      await ledger.close()
      const length = fs.statSync(join(dir, path)).size
      for (let at = 0; at < length; at += Math.ceil(length / 40)) {
        expect(await withFlippedBit(join(dir, path), at, async () => fsckSees(dir))).toBe(true)
      }
    })
  }

  it('in an old tile withholds the proofs that need it, and no others, and appending goes on', async () => {
    const { dir } = await ledgerOf(size)
    await withFlippedBit(join(dir, 'tree/tile/0/000'), 32 * 9, async () => {
      const ledger = await open(dir)
      const leaf = (index: number) => formatDigest(hashLeaf(entriesFrom(index, 1)[0]!))
      expect(await codeOf(ledger.proofFor(leaf(8)))).toBe('tile_damaged')
      expect((await ledger.proofFor(leaf(300)))?.index).toBe(300)
      expect((await ledger.append(entriesFrom(size, 1)))[0]?.index).toBe(size)
      await ledger.close()
    })
    checkSound(dir)
  })
})

describe('what is missing or too much', () => {
  it('a lost bundle of the right edge refuses the start', async () => {
    const { dir } = await ledgerOf(300)
    fs.rmSync(join(dir, 'tree/tile/entries/001.p/44'))
    expect(await codeOf(open(dir))).toBe('tree_damaged')
    expect(checkLedger(dir).faults.map(({ code }) => code)).toContain('bundle')
  })

  it('a lost journal segment in the middle refuses the start, a journal moved away whole does not', async () => {
    const { dir } = await newLedger()
    const ledger = await openLedger({ dir, now: () => startMs, segmentBytesMax: 1 })
    for (let at = 0; at < 4; at++) await ledger.append(entriesFrom(at, 1))
    await ledger.close()
    expect(fs.readdirSync(join(dir, 'journal'))).toEqual(['2', '3'])
    const segment = fs.readFileSync(join(dir, 'journal/3'))
    fs.rmSync(join(dir, 'journal/3'))
    expect(await codeOf(open(dir))).toBe('journal_damaged')
    fs.writeFileSync(join(dir, 'journal/4'), segment)
    expect(await codeOf(open(dir))).toBe('journal_damaged')
    fs.rmSync(join(dir, 'journal'), { recursive: true })
    const restarted = await open(dir)
    expect((await restarted.append(entriesFrom(4, 1)))[0]?.index).toBe(4)
    checkSound(dir)
  })

  it('an immutable file that holds something else stops signing', async () => {
    const { dir } = await ledgerOf(3)
    fs.mkdirSync(join(dir, 'tree/tile/0/000.p'), { recursive: true })
    fs.writeFileSync(join(dir, 'tree/tile/0/000.p/4'), Buffer.alloc(128))
    const fatal: string[] = []
    const ledger = await open(dir, { onFatal: ({ code }) => fatal.push(code), unsettledEntriesMax: 0 })
    await ledger.append(entriesFrom(3, 1))
    expect(await codeOf(ledger.append(entriesFrom(4, 1)))).toBe('stopping')
    expect(fatal).toEqual(['immutable_differs'])
    await ledger.close()
    // What was answered is in the journal, and nothing is settled over the strange file.
    expect(await codeOf(open(dir))).toBe('immutable_differs')
    fs.rmSync(join(dir, 'tree/tile/0/000.p/4'))
    const mended = await open(dir)
    expect((await mended.append(entriesFrom(3, 1)))[0]?.index).toBe(3)
  })

  it('a stray file in the tree is told by fsck', async () => {
    const { dir } = await ledgerOf(3)
    fs.writeFileSync(join(dir, 'tree/tile/0/notes.txt'), 'x')
    expect(checkLedger(dir).faults).toMatchObject([{ code: 'unexpected_file', at: 'tile/0/notes.txt' }])
  })
})

function fsckSees(dir: string): boolean {
  try {
    return !checkLedger(dir).ok
  } catch {
    return true
  }
}
