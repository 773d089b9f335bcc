import fs from 'node:fs'
import { join } from 'node:path'
import { formatDigest, hashLeaf, openCheckpoint } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { checkLedger } from './check.ts'
import { ownPolicy } from './config.ts'
import { openLedger } from './ledger.ts'
import { nodeFiles } from './node-files.ts'
import { type Death, type FailingFiles, failingFiles } from './testing/failing-files.ts'
import { checkSound, entriesFrom, newLedger, startMs, temporaryDir, verifyLogged } from './testing/temporary-ledger.ts'

/**
 * A process that dies at each numbered change of the file system, before or after making it. What this cannot show is a
 * power cut that forgets changes that were not synced: nothing un-synced is lost here.
 */

/** Settled after each commit, or all at the end: what a crash leaves in the journal differs. */
const options = { now: () => startMs, segmentBytesMax: 1500, unsettledEntriesMax: 0 }
const settledLate = { now: () => startMs, segmentBytesMax: 1500 }

/** What a caller was told. */
type Acknowledged = Map<number, { index: number; proof: string }>

/** One life of a ledger: opened, appended to, closed or dead. Answers with what callers were told until then. */
async function live(
  dir: string,
  files: FailingFiles,
  entries: readonly number[][],
  settling: typeof settledLate = options,
): Promise<Acknowledged> {
  const told: Acknowledged = new Map()
  try {
    const ledger = await openLedger({ dir, files, ...settling })
    try {
      for (const batch of entries) {
        const answers = await ledger.append(batch.flatMap(number => entriesFrom(number, 1)))
        for (const [position, { index, proof }] of answers.entries()) told.set(batch[position]!, { index, proof })
      }
    } finally {
      await ledger.close().catch(() => undefined)
    }
  } catch {
    // Dead; what was told stays told.
  }
  return told
}

/** Checkpoints that were signed and given to the disk, whether or not anyone was told. */
function signedIn(files: FailingFiles, vkey: string): { size: number; root: Uint8Array }[] {
  return files.written.flatMap(bytes => {
    const note = openCheckpoint(Buffer.from(bytes).toString('utf8'), ownPolicy(vkey))
    return note.ok ? [note.value] : []
  })
}

/** Starts again on a sound disk and holds the ledger against all that was told or signed before. */
async function checkAfterwards(
  dir: string,
  vkey: string,
  told: Acknowledged,
  signed: { size: number; root: Uint8Array }[],
) {
  const ledger = await openLedger({ dir, ...options })
  try {
    for (const head of signed) checkSound(dir, head)
    for (const [number, { index, proof }] of told) {
      const [entry] = entriesFrom(number, 1) as [Uint8Array]
      const found = await ledger.proofFor(formatDigest(hashLeaf(entry)))
      expect(found?.index).toBe(index)
      checkSound(dir, verifyLogged(entry, { index, leaf: found!.leaf, proof }, vkey))
    }
    const { size } = ledger.checkpoint()
    const again = await ledger.append(batches.flat().flatMap(number => entriesFrom(number, 1)))
    expect(new Set(again.map(({ index }) => index)).size).toBe(batches.flat().length)
    for (const [number, { index }] of told) expect(again[batches.flat().indexOf(number)]?.index).toBe(index)
    expect(ledger.checkpoint().size).toBeGreaterThanOrEqual(size)
    expect(checkSound(dir).size).toBe(baseSize + batches.flat().length)
  } finally {
    await ledger.close()
  }
}

/** The commits cross the edge of a bundle, complete a tile, and close a journal segment. */
const baseSize = 254
const batches = [[1000], [1001, 1002, 1003], [1004]]

async function baseLedger(): Promise<{ dir: string; vkey: string }> {
  const { dir, vkey } = await newLedger()
  const ledger = await openLedger({ dir, ...options })
  await ledger.append(entriesFrom(0, baseSize))
  await ledger.close()
  return { dir, vkey }
}

function copyOf(base: string): string {
  const dir = join(temporaryDir(), 'ledger')
  fs.cpSync(base, dir, { recursive: true })
  return dir
}

async function countSteps(base: string, settling: typeof settledLate = options): Promise<number> {
  const files = failingFiles(nodeFiles)
  const told = await live(copyOf(base), files, batches, settling)
  expect(told.size).toBe(batches.flat().length)
  return files.steps()
}

describe('a process that dies', () => {
  const lives = [false, true].flatMap(done => [
    {
      done,
      when: done ? 'after making it' : 'before making it',
      how: 'settling each commit',
      settling: options,
      least: 60,
    },
    {
      done,
      when: done ? 'after making it' : 'before making it',
      how: 'settling late',
      settling: settledLate,
      least: 25,
    },
  ])
  for (const { done, when, how, settling, least } of lives) {
    it(`loses nothing it acknowledged, at any change, ${when}, ${how}`, async () => {
      const { dir: base, vkey } = await baseLedger()
      const steps = await countSteps(base, settling)
      expect(steps).toBeGreaterThan(least)
      let toldSome = 0
      for (let step = 0; step < steps; step++) {
        const dir = copyOf(base)
        const files = failingFiles(nodeFiles, { step, done })
        const told = await live(dir, files, batches, settling)
        if (told.size > 0 && told.size < batches.flat().length) toldSome++
        await checkAfterwards(dir, vkey, told, signedIn(files, vkey))
        fs.rmSync(dir, { recursive: true })
      }
      expect(toldSome).toBeGreaterThan(3)
    })
  }

  it('loses nothing when it dies again while it starts', async () => {
    const { dir: base, vkey } = await baseLedger()
    const steps = await countSteps(base)
    for (let step = 3; step < steps; step += 11) {
      const broken = copyOf(base)
      const first = failingFiles(nodeFiles, { step, done: step % 2 === 0 })
      const told = await live(broken, first, batches)
      const start = failingFiles(nodeFiles)
      await live(copyOf(broken), start, [])
      for (let second = 0; second < start.steps(); second += 3) {
        const dir = copyOf(broken)
        const death: Death = { step: second, done: second % 2 === 0 }
        const again = failingFiles(nodeFiles, death)
        await live(dir, again, [])
        await checkAfterwards(dir, vkey, told, [...signedIn(first, vkey), ...signedIn(again, vkey)])
        fs.rmSync(dir, { recursive: true })
      }
    }
  })

  it('tells its owner once, and takes nothing more', async () => {
    const { dir: base } = await baseLedger()
    const fatal: string[] = []
    const sound = failingFiles(nodeFiles)
    const ready = await openLedger({ dir: copyOf(base), files: sound, ...options })
    const opened = sound.steps()
    await ready.close()
    const files = failingFiles(nodeFiles, { step: opened + 2, done: false })
    const onFatal = ({ code }: { code: string }) => void fatal.push(code)
    const ledger = await openLedger({ dir: copyOf(base), files, ...options, onFatal })
    const outcomes = await Promise.allSettled([
      ledger.append(entriesFrom(1000, 1)),
      ledger.append(entriesFrom(1000, 2)),
      ledger.append(entriesFrom(2000, 1)),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(fatal).toEqual(['disk_failed'])
    await ledger.close()
  })
})

describe('a torn journal tail', () => {
  it('is cut off wherever it is torn, and the entries can be sent again', async () => {
    const { dir: base, vkey } = await baseLedger()
    const sizeOf = (dir: string, name: string) => fs.statSync(join(dir, 'journal', name)).size
    // Dies as soon as the record is on disk, so that it is whole and not yet in the tree.
    const probe = copyOf(base)
    const [name = ''] = fs.readdirSync(join(probe, 'journal')).slice(-1)
    const before = sizeOf(probe, name)
    const big = { ...options, segmentBytesMax: 1_000_000 }
    const ledger = await openLedger({ dir: probe, ...big })
    await ledger.append(entriesFrom(1000, 1))
    await ledger.close()
    const record = fs.readFileSync(join(probe, 'journal', name)).subarray(before)
    for (let length = 0; length <= record.length; length++) {
      const dir = copyOf(base)
      fs.appendFileSync(join(dir, 'journal', name), record.subarray(0, length))
      const restarted = await openLedger({ dir, ...big })
      expect(restarted.checkpoint().size).toBe(length === record.length ? baseSize + 1 : baseSize)
      const [logged] = await restarted.append(entriesFrom(1000, 1))
      expect(logged?.index).toBe(baseSize)
      verifyLogged(entriesFrom(1000, 1)[0]!, logged!, vkey)
      await restarted.close()
      expect(checkLedger(dir).ok).toBe(true)
      fs.rmSync(dir, { recursive: true })
    }
  })

  it('is cut off when the disk has grown the file and not filled it', async () => {
    const { dir } = await baseLedger()
    const [name = ''] = fs.readdirSync(join(dir, 'journal')).slice(-1)
    fs.appendFileSync(join(dir, 'journal', name), Buffer.alloc(4096))
    const ledger = await openLedger({ dir, ...options })
    await ledger.append(entriesFrom(1000, 1))
    await ledger.close()
    expect(checkSound(dir).size).toBe(baseSize + 1)
  })
})
