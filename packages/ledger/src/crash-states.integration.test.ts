import { createHash } from 'node:crypto'
import { emptyRoot, formatDigest, hashLeaf } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { checkLedger } from './check.ts'
import { ownPolicy, readIdentity } from './config.ts'
import { DurableFiles } from './durable-files.ts'
import { hashEntries } from './entry.ts'
import { initLedger } from './init.ts'
import { layoutOf } from './layout.ts'
import { silent } from './log.ts'
import { recover } from './recovery.ts'
import { Sequencer } from './sequencer.ts'
import { contentOf, crashed, type Pick, SimulatedFiles, type Snapshot } from './testing/simulated-files.ts'
import { entriesFrom, startMs, verifyLogged } from './testing/temporary-ledger.ts'

/**
 * Every disk that a power cut may leave, or a large sample of them: after each change that a few commits make to the file
 * system, what was not synced survives in part. Recovery must lose nothing that was answered and sign nothing twice.
 */

const dir = '/ledger'
const layout = { ...layoutOf(dir), index: ':memory:' }

interface Running {
  append(entries: readonly Uint8Array[]): Promise<{ index: number; proof: string }[]>
  close(): Promise<void>
  size(): number
}

/** A ledger on a simulated disk. Its lock and its index, which SQLite keeps, are not what is tested here. */
async function start(files: SimulatedFiles, unsettledEntriesMax: number): Promise<Running> {
  const { signer } = readIdentity(files, layout)
  const durable = new DurableFiles(files, dir, layout.temporary)
  const lock = { assertHeld: () => undefined, release: () => undefined }
  const onFatal = (error: Error): never => {
    throw error
  }
  const options = { segmentBytesMax: 700, unsettledEntriesMax, onFatal, now: () => startMs, log: silent }
  const { committer, journal, index, reader } = await recover({
    files,
    layout,
    durable,
    lock,
    signer,
    policy: ownPolicy(signer.vkey),
    ...options,
  })
  const sequencer = new Sequencer({ committer, index, read: reader.read, onFatal: () => undefined })
  return {
    append: async entries => await sequencer.append(hashEntries(entries)),
    size: () => committer.published.size,
    async close() {
      await sequencer.stop()
      await committer.settleAll()
      await committer.stop()
      journal.close()
      index.close()
    },
  }
}

/** What was answered before a moment. */
interface Told {
  number: number
  index: number
}

interface Moment {
  disk: Snapshot
  told: number
}

interface Life {
  baseSize: number
  moments: Moment[]
  told: Told[]
  /** By how many were answered: the last tree of whose signature somebody knew. Each was proven, so each holds those before. */
  heads: { size: number; root: Uint8Array }[]
}

/** Commits that close journal segments; on the larger base they cross the edge of a bundle and of a tile. */
const batches = [[1000], [1001, 1002, 1003], [1004], [1005, 1006]]
const numbers = batches.flat()

async function recordedLife(baseSize: number, unsettledEntriesMax: number): Promise<Life> {
  const disk = new SimulatedFiles()
  const { vkey } = await initLedger({ dir, files: disk, now: () => startMs, origin: 'log.example/crash' })
  const base = await start(disk, 0)
  if (baseSize > 0) await base.append(entriesFrom(0, baseSize))
  await base.close()
  const life: Life = { baseSize, moments: [], told: [], heads: [{ size: 0, root: emptyRoot }] }
  const files = new SimulatedFiles(disk.snapshot(), snapshot => {
    life.moments.push({ disk: snapshot, told: life.told.length })
  })
  const ledger = await start(files, unsettledEntriesMax)
  for (const batch of batches) {
    const answers = await ledger.append(batch.flatMap(number => entriesFrom(number, 1)))
    for (const [at, { index, proof }] of answers.entries()) {
      const number = batch[at]!
      life.told.push({ number, index })
      life.heads.push(verifyLogged(entriesFrom(number, 1)[0]!, { index, leaf: leafOf(number), proof }, vkey))
    }
  }
  await ledger.close()
  life.moments.push({ disk: files.snapshot(), told: life.told.length })
  return life
}

/** Starts on what is left and holds it against what was answered until then, and signed. */
async function checkRecovered({ baseSize, told, heads }: Life, moment: Moment, disk: Snapshot): Promise<void> {
  const files = new SimulatedFiles(disk)
  const ledger = await start(files, 0)
  const before = ledger.size()
  const again = await ledger.append(numbers.flatMap(number => entriesFrom(number, 1)))
  await ledger.close()
  for (const { number, index } of told.slice(0, moment.told)) {
    expect(again[numbers.indexOf(number)]?.index).toBe(index)
    expect(before).toBeGreaterThan(index)
  }
  // The tree that was signed last then is one that this log holds: nothing was signed in its place.
  const previous = heads[moment.told]!
  const report = checkLedger(dir, { files, previous })
  const size = baseSize + numbers.length
  expect(report).toMatchObject({ faults: [], ok: true, size, settled: size })
}

const leafOf = (number: number) => formatDigest(hashLeaf(entriesFrom(number, 1)[0]!))

/** The same sequence each time, so that a failure can be looked at again. */
function picks(seed: string): Pick {
  let state = createHash('sha256').update(seed).digest()
  let at = 0
  return choices => {
    if (at + 4 > state.length) {
      state = createHash('sha256').update(state).digest()
      at = 0
    }
    at += 4
    return state.readUInt32BE(at - 4) % choices
  }
}

/** How many different disks are tried of each life: hashing a full bundle makes one of the larger base cost ten times more. */
const lives = [
  { base: 0, unsettled: 0, settles: 'each commit', states: 2100 },
  { base: 0, unsettled: 16_384, settles: 'late', states: 2100 },
  { base: 253, unsettled: 0, settles: 'each commit', states: 450 },
  { base: 253, unsettled: 16_384, settles: 'late', states: 450 },
]

describe('a power cut', () => {
  for (const { base, unsettled, settles, states } of lives) {
    const title = `loses nothing and splits no history: ${states} disks of a log of ${base} that settles ${settles}`
    it(title, { timeout: 120_000 }, async () => {
      const life = await recordedLife(base, unsettled)
      const seen = new Set<string>()
      let unfinished = 0
      for (let round = 0; seen.size < states && round < 2000; round++) {
        for (const [at, moment] of life.moments.entries()) {
          if (seen.size === states) break
          const disk = crashed(moment.disk, picks(`${base}/${unsettled}/${round}/${at}`))
          const content = createHash('sha256')
            .update(`${moment.told} ${contentOf(disk)}`)
            .digest('base64')
          if (seen.has(content)) continue
          seen.add(content)
          await checkRecovered(life, moment, disk).catch((cause: unknown) => {
            throw new Error(`change ${at} of ${life.moments.length}, round ${round}: ${String(cause)}`)
          })
          if (moment.told < life.told.length) unfinished++
        }
      }
      expect(seen.size).toBe(states)
      expect(unfinished).toBeGreaterThan(states / 5)
    })
  }
})
