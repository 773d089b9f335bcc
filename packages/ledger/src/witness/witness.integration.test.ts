import fs from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { encodeUtf8, parseNote } from '@breakglass/verify'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LedgerError } from '../errors.ts'
import { codeOf, startMs } from '../testing/temporary-ledger.ts'
import { originHash } from './heads.ts'
import { formatAddCheckpoint } from './request.ts'
import { type ForkedLog, forkedLog } from './testing/forked-log.ts'
import { addLogs, newWitness, open } from './testing/temporary-witness.ts'
import type { Cosigning } from './witness.ts'

const log = forkedLog()
const { vkey } = log.signer
const hash = originHash(log.signer.name)

const ask = (from: number, to: number, told: ForkedLog = log): Uint8Array =>
  encodeUtf8(formatAddCheckpoint(from, told.proof(from, to), told.checkpoint(to)))

/** The time in the one cosignature line. */
function timeOf(cosigning: Cosigning): number | string {
  if (cosigning.outcome !== 'cosigned') return JSON.stringify(cosigning)
  const note = parseNote(`text\n\n${cosigning.line}`)
  const signature = note.ok ? note.value.signatures[0]!.signature : new Uint8Array(8)
  return Number(Buffer.from(signature).readBigUInt64BE(0))
}

describe('a witness', () => {
  it('does not roll back when a slow request is overtaken between its checks and its commit', async () => {
    const { dir } = await newWitness([vkey])
    const reached = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    let stalls = 0
    const stall = async () => {
      if (++stalls !== 2) return
      reached.resolve()
      await go.promise
    }
    const witness = open(dir, { stall })
    expect(await witness.addCheckpoint(ask(0, 5))).toMatchObject({ outcome: 'cosigned' })
    const slow = witness.addCheckpoint(ask(5, 6))
    await reached.promise
    expect(await witness.addCheckpoint(ask(5, 9))).toMatchObject({ outcome: 'cosigned' })
    go.resolve()
    expect(await slow).toEqual({ outcome: 'conflict', size: 9 })
    expect(witness.latest(hash)).toContain(`\n9\n`)
    // And the entries it would have forgotten cannot be replaced.
    expect(await witness.addCheckpoint(ask(6, 12, log.fork(6)))).toEqual({ outcome: 'conflict', size: 9 })
  })

  it('of two trees of one size that pass their checks at once, signs one', async () => {
    const { dir } = await newWitness([vkey])
    const both = Promise.withResolvers<void>()
    let stalls = 0
    const stall = () => {
      if (++stalls === 2) both.resolve()
      return both.promise
    }
    const witness = open(dir, { stall })
    const outcomes = await Promise.all([
      witness.addCheckpoint(ask(0, 5)),
      witness.addCheckpoint(ask(0, 5, log.fork(2))),
    ])
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['cosigned', 'conflict'])
  })

  it('remembers over a restart', async () => {
    const { dir } = await newWitness([vkey])
    const first = open(dir)
    expect(timeOf(await first.addCheckpoint(ask(0, 5)))).toBe(startMs / 1000)
    first.close()
    const again = open(dir)
    expect(await again.addCheckpoint(ask(0, 9))).toEqual({ outcome: 'conflict', size: 5 })
    expect(await again.addCheckpoint(ask(5, 9, log.fork(3)))).toMatchObject({ code: 'inconsistent' })
    expect(await again.addCheckpoint(ask(5, 9))).toMatchObject({ outcome: 'cosigned' })
  })

  it('signs no time before one it has signed, and none when its clock is far behind', async () => {
    const { dir } = await newWitness([vkey])
    let nowMs = startMs
    const witness = open(dir, { now: () => nowMs })
    const start = startMs / 1000
    expect(timeOf(await witness.addCheckpoint(ask(0, 1)))).toBe(start)
    nowMs = startMs - 60_000
    expect(timeOf(await witness.addCheckpoint(ask(1, 2)))).toBe(start)
    nowMs = startMs - 61_000
    expect(await witness.addCheckpoint(ask(2, 3))).toMatchObject({ code: 'clock_went_back' })
    expect(await witness.addCheckpoint(ask(2, 2))).toMatchObject({ code: 'clock_went_back' })
    nowMs = startMs + 5000
    expect(timeOf(await witness.addCheckpoint(ask(2, 3)))).toBe(start + 5)
    expect(timeOf(await witness.addCheckpoint(ask(3, 3)))).toBe(start + 5)
  })

  it.each([0, 999, -1, Number.NaN])('never signs time 0 or none: at %s ms', async nowMs => {
    const { dir } = await newWitness([vkey])
    const witness = open(dir, { now: () => nowMs })
    expect(await witness.addCheckpoint(ask(0, 1))).toMatchObject({ code: 'clock_went_back' })
    expect(witness.latest(hash)).toBeUndefined()
  })

  it('learns of a log while it serves', async () => {
    const { dir } = await newWitness([])
    const witness = open(dir)
    expect(await witness.addCheckpoint(ask(0, 1))).toMatchObject({ code: 'unknown_log' })
    addLogs(dir, [vkey, vkey])
    expect(await witness.addCheckpoint(ask(0, 1))).toMatchObject({ outcome: 'cosigned' })
    // Said again, it forgets nothing.
    addLogs(dir, [vkey])
    expect(await witness.addCheckpoint(ask(0, 2))).toEqual({ outcome: 'conflict', size: 1 })
  })

  it('cosigns no request of which one byte was changed, and throws at none', async () => {
    const { dir } = await newWitness([vkey])
    const witness = open(dir)
    await witness.addCheckpoint(ask(0, 5))
    const sound = ask(5, 9)
    const changed = fc.tuple(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }))
    await fc.assert(
      fc.asyncProperty(changed, async ([at, bits]) => {
        const { outcome } = await witness.addCheckpoint(sound.with(at, sound[at]! ^ bits))
        expect(['refused', 'conflict']).toContain(outcome)
      }),
      { numRuns: 500 },
    )
    expect(await witness.addCheckpoint(sound)).toMatchObject({ outcome: 'cosigned' })
  })

  it('stops for good when its database or its lock fails it', async () => {
    const { dir } = await newWitness([vkey])
    const fatal: LedgerError[] = []
    const witness = open(dir, { onFatal: error => fatal.push(error) })
    expect(await witness.addCheckpoint(ask(0, 1))).toMatchObject({ outcome: 'cosigned' })
    const other = new DatabaseSync(join(dir, 'witness.db'))
    other.exec("create trigger full before update on head begin select raise(abort, 'no'); end")
    expect(await codeOf(witness.addCheckpoint(ask(1, 2)))).toBe('disk_failed')
    other.exec('drop trigger full')
    other.close()
    expect(await codeOf(witness.addCheckpoint(ask(1, 2)))).toBe('disk_failed')
    expect(fatal.map(({ code }) => code)).toEqual(['disk_failed'])
    witness.close()
    const next = open(dir, { onFatal: error => fatal.push(error) })
    fs.rmSync(join(dir, 'lock.db'))
    expect(await codeOf(next.addCheckpoint(ask(1, 2)))).toBe('lock_lost')
    expect(fatal.map(({ code }) => code)).toEqual(['disk_failed', 'lock_lost'])
    next.close()
    // The signature that was made for size 2 was never stored, and never left.
    expect(await open(dir).addCheckpoint(ask(1, 2))).toMatchObject({ outcome: 'cosigned' })
  })
})

describe('a start', () => {
  const openCode = (dir: string) => codeOf(Promise.resolve().then(() => open(dir)))

  it('is refused beside another', async () => {
    const { dir } = await newWitness([vkey])
    const first = open(dir)
    expect(await openCode(dir)).toBe('witness_locked')
    first.close()
    expect(await openCode(dir)).toBe('nothing was thrown')
  })

  it('is refused without the state, and with one that was changed', async () => {
    for (const change of [
      'size = 3',
      'time = time + 1',
      'root = zeroblob(32)',
      "note = ''",
      "note = replace(note, '— witness', '— watness')",
    ]) {
      const { dir } = await newWitness([vkey])
      const witness = open(dir)
      await witness.addCheckpoint(ask(0, 5))
      witness.close()
      const database = new DatabaseSync(join(dir, 'witness.db'))
      database.exec(`update head set ${change}`)
      database.close()
      expect([change, await openCode(dir)]).toEqual([change, 'state_damaged'])
    }
    const { dir } = await newWitness([vkey])
    fs.writeFileSync(join(dir, 'witness.db'), 'no database at all, and longer than a header would be')
    expect(await openCode(dir)).toBe('state_damaged')
    fs.rmSync(join(dir, 'witness.db'))
    expect(await openCode(dir)).toBe('state_damaged')
    expect(fs.existsSync(join(dir, 'witness.db'))).toBe(false)
  })

  it('is refused with a key that is not its own', async () => {
    const [{ dir }, other] = [await newWitness([vkey]), await newWitness([vkey], 'witness.example/2')]
    expect(fs.statSync(join(dir, 'witness.key')).mode & 0o777).toBe(0o600)
    fs.copyFileSync(join(other.dir, 'witness.key'), join(dir, 'witness.key'))
    expect(await openCode(dir)).toBe('config_damaged')
    fs.rmSync(join(dir, 'witness.json'))
    expect(await openCode(dir)).toBe('not_a_witness')
  })
})
