import { cpus, release } from 'node:os'
import { benchOpen } from './open.ts'
import { benchVerify } from './verify.ts'
import { type Line, type Result, resultsOf } from './measure.ts'

/**
 * `npm run bench -- open verify [--json]`: the bars, each beside its peer or physical limit in one run. Nothing is asserted:
 * a number is for people, and a slow machine is no defect. docs/benchmarks.md explains each line.
 */
const benches: Record<string, () => Promise<Line[]>> = { open: benchOpen, verify: benchVerify }

async function main(args: readonly string[]): Promise<number> {
  const asked = args.filter(arg => !arg.startsWith('--'))
  const unknown = asked.filter(name => !Object.hasOwn(benches, name))
  if (unknown.length > 0) {
    console.error(`There is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`)
    return 2
  }
  const results: Result[] = []
  for (const name of asked.length > 0 ? asked : Object.keys(benches)) {
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
    `${result.p50Ms.toFixed(2)} ms`,
    `${result.p95Ms.toFixed(2)} ms`,
    result.barMs === undefined ? '' : `${result.barMs} ms`,
    result.ofBar === undefined ? '' : `${result.ofBar.toFixed(2)}${result.ofBar > 1 ? ' MISSED' : ''}`,
    result.timesBeside === undefined ? '' : `${result.timesBeside.toFixed(1)} × ${result.beside}`,
  ])
  const all = [['', 'p50', 'p95', 'bar', 'of bar', 'beside'], ...rows]
  const widths = all[0]?.map((_, column) => Math.max(...all.map(row => row[column]?.length ?? 0))) ?? []
  return all.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

process.exitCode = await main(process.argv.slice(2))
