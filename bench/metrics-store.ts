import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatId } from '@breakglass/core/ids'
import { type GateDay, labelGates, ratesOf } from '@breakglass/core/metrics'
import { seeded } from '@breakglass/core/simulate'
import { historiesOf, type Span } from '../packages/server/src/landings/histories.ts'
import { packDays } from '../packages/server/src/landings/packed-days.ts'
import { openStore } from '../packages/server/src/store/open.ts'
import type { Store, Tx } from '../packages/server/src/store/store.ts'
import { type Line, sample } from './measure.ts'

const gatesCount = 1000
const daysCount = 730
const labelledDays = 182
/** A day at each gate, so that all of them together are 10⁸ passages. */
const perDay = 137
const dayMs = 86_400_000
const begin = Date.UTC(2025, 0, 1)
const days = Array.from({ length: daysCount }, (_, i) => new Date(begin + i * dayMs).toISOString().slice(0, 10))
const gates = Array.from({ length: gatesCount }, (_, i) => `team-${i % 40}/gate-${i}`)

/** The same thousand gates as `metrics`, read from the rollups of the embedded default, where that line begins with data in memory. */
export async function benchMetricsStore(): Promise<Line[]> {
  const directory = mkdtempSync(join(tmpdir(), 'breakglass-bench-'))
  const store = await openStore({ directory, random: Math.random })
  try {
    await store.migrate()
    const random = seeded(1)
    for (const gate of gates) await store.transact(tx => fill(tx, gate, random))
    const all = { from: days[0] ?? '', to: days.at(-1) ?? '' }
    const labelled = { from: days.at(-labelledDays) ?? '', to: all.to }
    return [
      {
        what: 'list of 1 000 gates: rollups to labels and rates',
        samples: await sample(7, () => list(store, labelled), 2),
      },
      { what: 'of that: reading half a year', samples: await sample(7, () => read(store, labelled), 2) },
      { what: 'two years of 1 000 gates, read', samples: await sample(5, () => read(store, all), 1) },
    ]
  } finally {
    await store.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

const read = (store: Store, span: Span) => store.read(rx => historiesOf(rx, gates, span))

async function list(store: Store, span: Span) {
  const histories = await read(store, span)
  return [labelGates(histories, { low: 0.01, high: 0.05 }), histories.map(one => ratesOf(one.days, one.episodes))]
}

/** What the jobs would have left of two years; a landing each would take a day to write. */
async function fill(tx: Tx, gate: string, random: () => number): Promise<void> {
  const rate = 0.0002 + 0.004 * random() ** 6
  const uses: { at: number; day: string }[] = []
  const rows = days.map((day, i): GateDay => {
    let opened = 0
    for (let mean = perDay * rate; random() < mean; mean--) opened += 1
    for (let use = 0; use < opened; use++) uses.push({ at: begin + i * dayMs + Math.floor(random() * dayMs), day })
    return {
      gate,
      day,
      counts: { passed: perDay - opened, opened_by_grant: opened },
      duringIncident: i % 20 === 0 ? 10 : 0,
    }
  })
  for (const [month, of] of Map.groupBy(rows, ({ day }) => day.slice(0, 7))) {
    await tx.db
      .insertInto('gate_month')
      .values({ gate, month, days: packDays(of) })
      .execute()
  }
  const flags = { sanctioned: 1, in_person_signals: 1, uses: 1, incident_id: null, actor: null } as const
  const id = () =>
    formatId(
      'episode',
      Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256)),
    )
  const episodes = uses.map(({ at, day }) => ({ id: id(), gate, at, day, ...flags }))
  for (let from = 0; from < episodes.length; from += 100) {
    await tx.db
      .insertInto('episode')
      .values(episodes.slice(from, from + 100))
      .execute()
  }
}
