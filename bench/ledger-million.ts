import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkLedger, initLedger, type Ledger, openLedger } from '@breakglass/ledger'
import { bins, run, start } from '../tests/support/processes.ts'
import { startWitnesses } from '../tests/support/witnesses.ts'
import { diskLine, measureDisk } from './disk.ts'
import { appender, serverSecretIn } from './ledger.ts'
import { type Line, sample } from './measure.ts'

const entries = 1_000_000
const atOnce = 256
/** As the note on measurements has it: short entries show what is spent beside them. */
const entryOf = (at: number) => Buffer.from(`entry ${String(at).padStart(8, '0')} ${'x'.repeat(36)}`)
const entryBytes = entryOf(0).length

/** A log of a million entries: what a proof weighs, what an entry costs on disk, how long fsck and a start take. */
export async function benchLedgerMillion(): Promise<Line[]> {
  const dir = mkdtempSync(join(tmpdir(), 'breakglass-bench-'))
  const home = join(dir, 'ledger')
  try {
    const { vkey } = await initLedger({ dir: home, origin: 'ledger.acme.example/breakglass', now: Date.now })
    await fill(home)
    const lines = [await proofOf(home, vkey, dir), await fsck(home), await startAfterCrash(home), await oneMore(home)]
    await run(process.execPath, [bins.ledger, 'gc', '--dir', home])
    return [...lines, overhead(home), await measureDisk(dir)]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function fill(home: string): Promise<void> {
  const ledger = await openLedger({ dir: home, now: Date.now })
  const began = Date.now()
  for (let at = 0; at < entries; ) {
    const appends: Promise<unknown>[] = []
    for (let part = 0; part < 8 && at < entries; part++, at += atOnce) {
      const count = Math.min(atOnce, entries - at)
      appends.push(ledger.append(Array.from({ length: count }, (_, of) => entryOf(at + of))))
    }
    await Promise.all(appends)
    if (at % 262_144 === 0) console.error(`  ${at} entries in ${Math.round((Date.now() - began) / 1000)} s`)
  }
  await ledger.close()
}

/** Of the first entry, under a checkpoint with the log's and two witnesses' signatures: what a grant carries. */
async function proofOf(home: string, vkey: string, dir: string): Promise<Line> {
  const witnesses = await startWitnesses(join(dir, 'witnesses'), vkey, { count: 2, needed: 2 })
  writeFileSync(join(home, 'policy'), witnesses.policy)
  const ledger = await openLedger({ dir: home, now: Date.now })
  await ledger.append([entryOf(entries)])
  // The first one's path is the longest; the same entry again is answered with its proof under the newest checkpoint.
  const [logged] = await ledger.append([entryOf(0)])
  await ledger.close()
  rmSync(join(home, 'policy'))
  await witnesses.stop()
  return {
    what: 'ledger: a proof at 10⁶ entries, two witnesses',
    samples: [],
    bytes: logged?.proof.length ?? 0,
    barBytes: 1600,
  }
}

async function fsck(home: string): Promise<Line> {
  const samples = await sample(
    2,
    () => {
      const { ok, size } = checkLedger(home)
      if (!ok || size < entries) throw new Error('expected a sound ledger')
    },
    0,
  )
  return { what: 'ledger: fsck of 10⁶ entries', samples, barMs: 5000 }
}

/** From spawn to ready, after a SIGKILL right behind the last of 300 answers: what was not settled by then is taken up again. */
async function startAfterCrash(home: string): Promise<Line> {
  const samples: number[] = []
  for (let life = 0; life < 5; life++) {
    const ledger = await openInChild(home, life)
    await ledger.kill()
    const began = performance.now()
    const again = await start(bins.ledger, ['serve', '--dir', home])
    samples.push(performance.now() - began)
    await again.stop()
  }
  return { what: 'ledger: start after a crash at 10⁶ entries', samples, barMs: 1000 }
}

async function openInChild(home: string, life: number) {
  const ledger = await start(bins.ledger, ['serve', '--dir', home])
  const append = appender(String(ledger.ready['url']), serverSecretIn(home))
  for (let at = 0; at < 300; at++) await append(10_000_000 * (life + 1) + at)
  return ledger
}

async function oneMore(home: string): Promise<Line> {
  const ledger: Ledger = await openLedger({ dir: home, now: Date.now })
  try {
    const samples = await sample(100, at => ledger.append([Buffer.from(`one more ${at} ${performance.now()}`)]), 10)
    return { what: 'ledger: one append in process at 10⁶ entries', samples, beside: diskLine }
  } finally {
    await ledger.close()
  }
}

/** The tree, after the partial tiles that nobody needs are gone: bundles and tiles, less the entries themselves. */
function overhead(home: string): Line {
  const tree = join(home, 'tree')
  let bytes = 0
  for (const name of readdirSync(tree, { recursive: true, encoding: 'utf8' })) {
    const stat = statSync(join(tree, name))
    if (stat.isFile()) bytes += stat.size
  }
  const perEntry = bytes / entries - entryBytes
  return {
    what: 'ledger: bytes on disk an entry beyond its own, in bundles and tiles',
    samples: [],
    bytes: perEntry,
    barBytes: 36,
  }
}
