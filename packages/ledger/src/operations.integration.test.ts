import fs from 'node:fs'
import { join } from 'node:path'
import {
  checkInclusion,
  formatDigest,
  hashLeaf,
  openCheckpoint,
  parseTlogProof,
  parseTrustPolicy,
} from '@breakglass/verify'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closingEntryOf, formatClosingEntry } from './closing-entry.ts'
import { ownPolicy, readIdentity } from './config.ts'
import { collectGarbage } from './gc/collect-garbage.ts'
import { layoutOf } from './layout.ts'
import { nodeFiles } from './node-files.ts'
import { checkSound, codeOf, entriesFrom, newLedger, open, temporaryDir } from './testing/temporary-ledger.ts'
import { typed } from './testing/typed.ts'

async function ledgerOf(...commits: number[]): Promise<{ dir: string; vkey: string }> {
  const { dir, vkey } = await newLedger()
  const ledger = await open(dir, { unsettledEntriesMax: 0 })
  let size = 0
  for (const count of commits) {
    await ledger.append(entriesFrom(size, count))
    size += count
  }
  await ledger.close()
  return { dir, vkey }
}

const partialsIn = (dir: string): string[] =>
  fs
    .readdirSync(join(dir, 'tree', 'tile'), { recursive: true, encoding: 'utf8' })
    .filter(path => /\.p\/\d+$/.test(path))

describe('prove', () => {
  it('prints a proof that holds, by index, leaf hash and bytes, from a ledger and from a copy of its tree', async () => {
    const { dir, vkey } = await ledgerOf(256, 256, 100)
    const [entry] = entriesFrom(300, 1) as [Uint8Array]
    const file = join(temporaryDir(), 'entry')
    fs.writeFileSync(file, entry)
    for (const log of [dir, join(dir, 'tree')]) {
      for (const by of [
        ['--index', '300'],
        ['--leaf', formatDigest(hashLeaf(entry))],
        ['--entry', file],
      ]) {
        const { code, out } = await typed(['prove', '--log', log, '--vkey', vkey, ...by])
        expect(code).toBe(0)
        const proof = parseTlogProof(`${out[0]}\n`)
        const opened = proof.ok ? openCheckpoint(proof.value.checkpoint, ownPolicy(vkey)) : undefined
        if (!proof.ok || opened?.ok !== true) throw new Error('expected a proof under a checkpoint of the log')
        const { size, root } = opened.value
        expect(checkInclusion(300, size, hashLeaf(entry), proof.value.path, root)).toBe(true)
      }
    }
  })

  it('prints nothing that a damaged tree would make it say, nor for what is not there', async () => {
    const { dir, vkey } = await ledgerOf(256, 44)
    const path = join(dir, 'tree/tile/0/000')
    const bytes = fs.readFileSync(path)
    bytes[7]! ^= 1
    fs.chmodSync(path, 0o600)
    fs.writeFileSync(path, bytes)
    const damaged = await typed(['prove', '--log', dir, '--vkey', vkey, '--index', '3'])
    expect(damaged).toMatchObject({ code: 1, out: [], err: [expect.stringContaining('log_not_verified')] })
    expect((await typed(['prove', '--log', dir, '--vkey', vkey, '--index', '300'])).code).toBe(1)
    expect((await typed(['prove', '--log', dir, '--vkey', vkey, '--index', '1', '--leaf', 'x'])).code).toBe(2)
  })
})

describe('show', () => {
  it('explains an entry up to the root it leads to', async () => {
    for (const commits of [[1], [2], [3], [7], [256, 45]]) {
      const { dir, vkey } = await ledgerOf(...commits)
      const size = commits.reduce((a, b) => a + b)
      for (const index of new Set([0, size >> 1, size - 1])) {
        const { code, out } = await typed(['show', String(index), '--log', dir, '--vkey', vkey, '--json'])
        expect(code).toBe(0)
        const { path, checkpoint, leaf } = JSON.parse(out[0]!)
        expect(path.at(-1)?.makes ?? leaf.slice('sha256:'.length)).toBe(checkpoint.root)
        expect(checkpoint.size).toBe(size)
      }
      const words = (await typed(['show', '0', '--log', dir, '--vkey', vkey])).out.join('\n')
      expect(words).toContain(`${size} entries`)
    }
  })

  it('refuses a word too many, and an id that is not in the log', async () => {
    const { dir, vkey } = await ledgerOf(3)
    expect((await typed(['show', '1', '2', '--log', dir, '--vkey', vkey])).code).toBe(2)
    expect((await typed(['show', `s_${'0'.repeat(26)}`, '--log', dir, '--vkey', vkey])).code).toBe(1)
    expect((await typed(['fsck', 'what', '--dir', dir])).code).toBe(2)
  })
})

describe('gc', () => {
  it('leaves what the newest two sizes are made of, and a sound ledger', async () => {
    const { dir } = await ledgerOf(...Array.from({ length: 40 }, () => 13))
    const before = partialsIn(dir)
    expect((await typed(['gc', '--dir', dir, '--dry-run'])).code).toBe(0)
    expect(partialsIn(dir)).toEqual(before)
    const { out } = await typed(['gc', '--dir', dir, '--json'])
    const { removed, keptSizes } = JSON.parse(out[0]!)
    expect(keptSizes).toEqual(expect.arrayContaining([520, 507]))
    expect(removed.length).toBeGreaterThan(60)
    expect(partialsIn(dir)).toHaveLength(before.length - removed.length)
    expect(partialsIn(dir).length).toBeLessThanOrEqual(6)
    expect(checkSound(dir).size).toBe(520)
    const again = await open(dir)
    expect((await again.append(entriesFrom(519, 2))).map(({ index }) => index)).toEqual([519, 520])
    // Whoever still asks for a partial one that is gone is given it, cut from a wider one.
    expect(again.tile('tile/0/000.p/13')).toHaveLength(13 * 32)
  })

  it('takes nothing that a second sink does not hold yet', async () => {
    const { dir } = await ledgerOf(3, 3, 3)
    const sinks = [{ name: 'vault', kind: 'directory', path: temporaryDir() }]
    fs.writeFileSync(join(dir, 'sinks.json'), JSON.stringify({ v: 1, sinks }))
    expect(collectGarbage({ dir }).removed).toEqual([])
  })

  it('runs beside a ledger that is being appended to', async () => {
    const { dir } = await ledgerOf(5)
    const ledger = await open(dir, { unsettledEntriesMax: 0 })
    for (let at = 5; at < 300; at += 5) {
      await ledger.append(entriesFrom(at, 5))
      if (at % 20 === 0) collectGarbage({ dir })
    }
    await ledger.close()
    collectGarbage({ dir })
    expect(checkSound(dir).size).toBe(300)
  })
})

describe('close', () => {
  it('is the last word: nothing comes after it, and all of it can still be read', async () => {
    const { dir, vkey } = await ledgerOf(4)
    const close = ['close', '--dir', dir, '--successor', 'log.example/next']
    expect((await typed(close)).code).toBe(2)
    expect((await typed([...close.slice(0, -1), 'a b', '--yes'])).code).toBe(2)
    expect((await typed([...close, '--yes'])).code).toBe(0)
    expect(await typed([...close, '--yes'])).toMatchObject({ code: 1, err: [expect.stringContaining('closed')] })
    const ledger = await open(dir)
    expect(ledger.closing).toEqual({ origin: 'log.example/test', successor: 'log.example/next' })
    expect(await codeOf(ledger.append(entriesFrom(9, 1)))).toBe('closed')
    expect((await ledger.proofFor(formatDigest(hashLeaf(entriesFrom(2, 1)[0]!))))?.index).toBe(2)
    expect(checkSound(dir).size).toBe(5)
    expect((await typed(['show', '4', '--log', dir, '--vkey', vkey])).code).toBe(0)
  })

  it('cannot be said by anybody who may only append', async () => {
    const { dir, vkey } = await ledgerOf(1)
    const { signer } = readIdentity(nodeFiles, layoutOf(dir))
    const closing = { origin: 'log.example/test', successor: 'log.example/mine' }
    const genuine = formatClosingEntry(closing, text => signer.sign(text))
    expect(closingEntryOf(genuine, vkey)).toEqual(closing)
    const forged = Buffer.from(Buffer.from(genuine).toString('utf8').replace('/mine', '/evil'))
    expect(closingEntryOf(forged, vkey)).toBeUndefined()
    const ledger = await open(dir)
    await ledger.append([forged])
    await ledger.close()
    expect((await open(dir)).closing).toBeUndefined()
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), bytes => closingEntryOf(bytes, vkey) === undefined))
    for (let at = 0; at < genuine.length; at++) {
      const changed = Uint8Array.from(genuine)
      changed[at]! ^= 1
      expect(closingEntryOf(changed, vkey)).toBeUndefined()
    }
  })
})

describe('a policy file', () => {
  it('is asked of by every reader: an uncosigned checkpoint is none where witnesses are named', async () => {
    const { dir, vkey } = await ledgerOf(3)
    const file = join(temporaryDir(), 'policy')
    const { vkey: other } = await newLedger()
    fs.writeFileSync(file, `log ${other}\nquorum none\n`)
    expect(parseTrustPolicy(fs.readFileSync(file, 'utf8')).ok).toBe(true)
    expect((await typed(['show', '0', '--log', dir, '--policy', file])).code).toBe(1)
    expect((await typed(['show', '0', '--log', dir, '--policy', join(file, 'not')])).code).toBe(2)
    expect((await typed(['show', '0', '--log', dir, '--policy', file, '--vkey', vkey])).code).toBe(2)
  })
})
