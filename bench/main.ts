import { cpus, release } from 'node:os'
import { benchBaseline, benchBaselineMillion } from './baseline.ts'
import { benchCalibration } from './calibration.ts'
import { benchIntake } from './intake.ts'
import { benchLedgerMillion } from './ledger-million.ts'
import { benchLedger } from './ledger.ts'
import { benchMetrics } from './metrics.ts'
import { benchMetricsStore } from './metrics-store.ts'
import { benchOpen } from './open.ts'
import { benchVerify } from './verify.ts'
import { type Line, type Result, resultsOf } from './measure.ts'

/**
 * `npm run bench -- open verify ledger ledger-million intake baseline baseline-million metrics metrics-store calibration [--json]`: the bars, each beside its peer or physical limit in one run. Nothing is asserted:
 * a number is for people, and a slow machine is no defect. docs/benchmarks.md explains each line.
 */
const benches: Record<string, () => Promise<Line[]>> = {
  open: benchOpen,
  verify: benchVerify,
  ledger: benchLedger,
  'ledger-million': benchLedgerMillion,
  intake: benchIntake,
  baseline: benchBaseline,
  'baseline-million': benchBaselineMillion,
  metrics: benchMetrics,
  'metrics-store': benchMetricsStore,
  calibration: benchCalibration,
}

async function main(args: readonly string[]): Promise<number> {
  const asked = args.filter(arg => !arg.startsWith('--'))
  // Minutes, where the others are seconds: only when it is asked for.
  const usual = Object.keys(benches).filter(name => !name.endsWith('-million') && name !== 'calibration')
  const unknown = asked.filter(name => !Object.hasOwn(benches, name))
  if (unknown.length > 0) {
    console.error(`There is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`)
    return 2
  }
  const results: Result[] = []
  for (const name of asked.length > 0 ? asked : usual) {
    console.error(`measuring ${name} …`)
    results.push(...resultsOf((await benches[name]?.()) ?? []))
  }
  if (args.includes('--json')) console.log(JSON.stringify({ machine: machine(), results }, undefined, 2))
  else console.log([machine(), '', ...tableOf(results)].join('\n'))
  return 0
}

const machine = () =>
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${process.platform} ${release()}, Node ${process.versions.node}`

function tableOf(results: readonly Result[]): string[] {
  const rows = results.map(result => [
    result.what,
    result.bytes === undefined ? `${result.p50Ms.toFixed(2)} ms` : `${result.bytes.toFixed(1)} B`,
    result.bytes === undefined ? `${result.p95Ms.toFixed(2)} ms` : '',
    result.perSecond === undefined ? '' : result.perSecond.toFixed(0),
    barOf(result),
    result.missed === undefined ? '' : result.missed ? 'MISSED' : 'kept',
    result.timesBeside === undefined ? '' : `${result.timesBeside.toFixed(1)} × ${result.beside}`,
  ])
  const all = [['', 'p50', 'p95', 'a second', 'bar', '', 'beside'], ...rows]
  const widths = all[0]?.map((_, column) => Math.max(...all.map(row => row[column]?.length ?? 0))) ?? []
  return all.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Every bar of a line, with how much of it was used: above 1 is a miss. */
function barOf({ barMs, p50Ms, barPerSecond, perSecond, barTimes, bytes, barBytes }: Result): string {
  return [
    bytes === undefined || barBytes === undefined ? [] : [`≤ ${barBytes} B (${(bytes / barBytes).toFixed(2)})`],
    barMs === undefined ? [] : [`≤ ${barMs} ms (${(p50Ms / barMs).toFixed(2)})`],
    barPerSecond === undefined || perSecond === undefined
      ? []
      : [`≥ ${barPerSecond} a second (${(barPerSecond / perSecond).toFixed(2)})`],
    barTimes === undefined ? [] : [`≤ ${barTimes} × beside`],
  ]
    .flat()
    .join(', ')
}

process.exitCode = await main(process.argv.slice(2))
