import type { BaselineGate, BaselineReport } from '@breakglass/core/baseline'
import { byUrgency, labelWords, percent, range, spark, style, table } from '@breakglass/report'

const quartersShown = 12
const peopleShown = 3

/** The report as a terminal shows it: the gate to look at first stands first. */
export function baselineLines(report: BaselineReport, width: number | undefined): string[] {
  return [
    ...headLines(report),
    ...byUrgency(report.gates).flatMap(gate => ['', ...gateLines(gate, width)]),
    ...(report.odd.length === 0 ? [] : ['', style.bold('what was odd')]),
    ...report.odd.map(({ count, words }) => `  ${count} ${words}`),
    ...(report.remarks.length === 0 ? [] : ['', style.bold('what cannot be seen')]),
    ...report.remarks.map(remark => `  ${remark}`),
  ]
}

function headLines({ source, mapping, landings, people, from, to, zone }: BaselineReport): string[] {
  const record = source.kind === 'git' ? undefined : source.kind.replace('-', ' ')
  const where = [record, source.repository, source.branch, source.head?.slice(0, 10)].filter(part => part !== undefined)
  const when = from === undefined || to === undefined ? '' : `, ${from.slice(0, 10)} to ${to.slice(0, 10)}`
  const how = { detected: 'found', named: 'asked for', file: 'from a file', given: 'given by the source' }[mapping.how]
  return [
    style.bold(`baseline of ${where.join(' ')}`),
    `${landings} ${landings === 1 ? 'landing' : 'landings'} by ${people} ${people === 1 ? 'person' : 'people'}${when}; years in UTC, days in ${zone}`,
    `gates as ${mapping.name} has them (${how}): ${mapping.reason}`,
  ]
}

function gateLines(gate: BaselineGate, width: number | undefined): string[] {
  const { window, bypassed, rollbacks, rollbacksProven, years, passages } = gate
  const sized = width === undefined ? {} : { width }
  const proven = rollbacksProven === 0 ? '' : `, ${rollbacksProven} proven by the tree`
  const others = gate.fired.filter(label => label !== gate.label).map(label => labelWords[label])
  return [
    `${style.bold(gate.name)}  ${labelWords[gate.label]}${others.length === 0 ? '' : ` (also: ${others.join(', ')})`}`,
    `  ${gate.reason}`,
    `  ${style.dim('→')} ${gate.action}`,
    `  the label is of ${window.from} to ${window.to}: ${range(window.interval)} of ${window.n} passages`,
    `  all years: ${bypassed} of ${passages} passages went around it, ${rollbacks} of them rollbacks${shareOf(rollbacks, bypassed)}${proven}`,
    ...indent(
      table<BaselineGate['years'][number]>(
        [
          { title: 'year', of: ({ year }) => String(year) },
          { title: 'passages', of: row => row.passages },
          { title: 'bypassed', of: row => row.bypassed },
          { title: 'rollbacks', of: row => row.rollbacks },
          { title: 'episodes', of: row => row.episodes },
          { title: 'rate', align: 'right', of: ({ rate }) => (rate === undefined ? undefined : percent(rate)) },
          { title: '95 %', of: row => range(row.interval) },
        ],
        years,
        sized,
      ),
    ),
    ...quarterLine(gate),
    ...peopleLine(gate),
    ...weekdayLine(gate),
    ...gate.remarks.map(remark => `  ${remark}`),
  ]
}

function quarterLine({ quarters }: BaselineGate): string[] {
  const shown = quarters.slice(-quartersShown)
  const [first, last] = [shown[0], shown.at(-1)]
  if (first === undefined || last === undefined || shown.length < 2) return []
  const rates = shown.map(({ episodes, passages }) => (passages === 0 ? undefined : episodes / passages))
  const most = Math.max(0, ...rates.map(rate => rate ?? 0))
  return [`  by quarter, ${first.quarter} to ${last.quarter}: ${spark(rates)} up to ${percent(most)}`]
}

function peopleLine({ people: { bypassers, effective, most } }: BaselineGate): string[] {
  if (bypassers === 0) return []
  const named = most.slice(0, peopleShown).map(({ person, bypassed, rollbacks, passages }) => {
    return `${person} ${bypassed - rollbacks} of ${passages}`
  })
  const spread = effective === undefined ? '' : `, spread as over ${effective.toFixed(1)}`
  return [`  ${bypassers} people${spread}; most: ${named.join(', ')}`]
}

function weekdayLine({ weekdays, bypassed }: BaselineGate): string[] {
  if (bypassed === 0) return []
  const cells = weekdays.map(({ weekday, passages, bypassed: x, rollbacks }) => {
    const rate = passages === 0 ? '–' : percent((x - rollbacks) / passages)
    return `${weekday.slice(0, 3)} ${rate}`
  })
  return [`  by weekday, rollbacks left out: ${cells.join('  ')}`]
}

const shareOf = (part: number, whole: number) => (whole === 0 ? '' : ` (${percent(part / whole)})`)
const indent = (lines: readonly string[]) => lines.map(line => `  ${line}`)
