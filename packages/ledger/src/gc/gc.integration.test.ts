import fs from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nodeFiles } from '../node-files.ts'
import { formatCursor } from '../sinks/cursor.ts'
import { Dead, failingFiles } from '../testing/failing-files.ts'
import { typed } from '../testing/typed.ts'
import { checkSound, entriesFrom, newLedger, open } from '../testing/temporary-ledger.ts'
import { collectGarbage } from './collect-garbage.ts'

const run = async (...args: string[]) => {
  const { code, out, err } = await typed(args)
  return { status: code, out: out.join('\n'), err: err.join('\n') }
}

/** Settled at each of the sizes, so that each left its partial tiles. */
async function ledgerSettledAt(...sizes: number[]): Promise<{ dir: string; vkey: string; origin: string }> {
  const { dir, vkey, origin } = await newLedger()
  const ledger = await open(dir, { unsettledEntriesMax: 0 })
  let from = 0
  for (const size of sizes) {
    await ledger.append(entriesFrom(from, size - from))
    from = size
  }
  await ledger.close()
  return { dir, vkey, origin }
}

function partialsIn(dir: string): string[] {
  const names = fs.readdirSync(join(dir, 'tree', 'tile'), { recursive: true, encoding: 'utf8' })
  return names.filter(name => /\.p\/\d+$/.test(name)).sort()
}

describe('collectGarbage', () => {
  it('keeps what the last two published sizes are made of, and fsck stays clean', async () => {
    const { dir, vkey } = await ledgerSettledAt(10, 200, 270, 400, 500)
    const garbage = collectGarbage({ dir })
    expect(garbage.removed.toSorted()).toEqual(
      ['0/000.p/10', '0/000.p/200', '0/001.p/14', 'entries/000.p/10', 'entries/000.p/200', 'entries/001.p/14'].map(
        path => `tile/${path}`,
      ),
    )
    expect(partialsIn(dir)).toEqual([
      '0/001.p/144',
      '0/001.p/244',
      '1/000.p/1',
      'entries/001.p/144',
      'entries/001.p/244',
    ])
    checkSound(dir)
    expect((await run('prove', '--log', dir, '--vkey', vkey, '--index', '499')).status).toBe(0)
    const ledger = await open(dir)
    await ledger.append(entriesFrom(500, 1))
    await ledger.close()
    expect(checkSound(dir).size).toBe(501)
  })

  it('removes nothing in a dry run', async () => {
    const { dir } = await ledgerSettledAt(10, 20, 30)
    const before = partialsIn(dir)
    const ran = await run('gc', '--dir', dir, '--dry-run', '--json')
    expect(JSON.parse(ran.out).removed).toEqual(['tile/0/000.p/10', 'tile/entries/000.p/10'])
    expect(partialsIn(dir)).toEqual(before)
  })

  it('leaves alone what a second sink does not hold, or cannot be read to hold', async () => {
    const { dir, origin } = await ledgerSettledAt(10, 20, 30, 40)
    const sink = { name: 'copy', kind: 'directory', path: '/nowhere' }
    fs.writeFileSync(join(dir, 'sinks.json'), JSON.stringify({ v: 1, sinks: [sink] }))
    expect(collectGarbage({ dir }).removed).toEqual([])
    fs.mkdirSync(join(dir, 'sinks'))
    fs.writeFileSync(join(dir, 'sinks', 'copy.json'), formatCursor({ held: 15, checkpoint: 15 }, origin))
    expect(collectGarbage({ dir }).removed).toEqual(['tile/0/000.p/10', 'tile/entries/000.p/10'])
    checkSound(dir)
  })

  it('may die before or after any removal, and a second try finishes', async () => {
    for (const done of [false, true]) {
      for (let step = 0; step < 4; step++) {
        const { dir } = await ledgerSettledAt(10, 20, 30, 40)
        const files = failingFiles(nodeFiles, { step, done })
        expect(() => collectGarbage({ dir, files })).toThrow(Dead)
        checkSound(dir)
        const rest = collectGarbage({ dir }).removed
        expect(rest).toHaveLength(4 - step - (done ? 1 : 0))
        checkSound(dir)
      }
    }
  })

  it('runs beside a ledger that goes on appending', async () => {
    const { dir, vkey } = await newLedger()
    const ledger = await open(dir, { unsettledEntriesMax: 0 })
    let removed = 0
    for (let first = 0; first < 900; first += 30) {
      const appended = ledger.append(entriesFrom(first, 30))
      // Between the steps of the commit, wherever it is just then.
      for (let turn = 0; turn < 3; turn++) {
        await new Promise(resolve => setImmediate(resolve))
        if (first > 0) removed += collectGarbage({ dir }).removed.length
      }
      await appended
      if (first > 0) removed += collectGarbage({ dir }).removed.length
      // The first checkpoint on disk is of the empty tree.
      if (first === 0) continue
      const ran = await run('prove', '--log', join(dir, 'tree'), '--vkey', vkey, '--index', '0')
      expect(ran.err).toBe('')
    }
    await ledger.close()
    expect(removed).toBeGreaterThan(40)
    expect(checkSound(dir).size).toBe(900)
  })
})
