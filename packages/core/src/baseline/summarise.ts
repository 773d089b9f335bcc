// Not by the index: the schemas there would be loaded for nothing.
import { labelGates, type Thresholds } from '../metrics/labels.ts'
import { dayText } from './calendar.ts'
import { type Frame, frameOf, isDated, isFuture, narrowed } from './frame.ts'
import { countGate, reportOf } from './gate.ts'
import type { History } from './history.ts'
import type { BaselineReport } from './report.ts'

export interface BaselineOptions {
  source: BaselineReport['source']
  mapping: BaselineReport['mapping']
  /** Which of the history's mappings; absent: none fits, and nothing but landings is counted. */
  which: number | undefined
  zone: string
  thresholds: Thresholds
  /** Milliseconds since 1970: landings from after tomorrow are told as odd, and no window ends with them. */
  nowMs: number
}

/** The numbers of a history (docs/formats/baseline.md): deterministic, from nothing but what is handed in. */
export function baselineOf(history: History, options: BaselineOptions): BaselineReport {
  const { which, zone, thresholds, nowMs } = options
  const { mapping, source } = options
  const undated = countWhere(history, landing => !isDated(history, landing))
  const future = countWhere(history, landing => isFuture(history, landing, nowMs))
  const frame = which === undefined ? undefined : frameOf(history, which, zone, nowMs)
  const dated = frame?.dated ?? []
  const [first, last] = [frame?.byTime[0], frame?.byTime.at(-1)]
  const gates = frame === undefined || dated.length === 0 ? [] : gatesOf(frame, thresholds)
  return {
    format: 'breakglass-baseline/1',
    source,
    mapping,
    zone,
    landings: history.length,
    undated,
    people: history.authors.size,
    ...(first === undefined || last === undefined
      ? {}
      : { from: instantOf(history, first), to: instantOf(history, last) }),
    gates,
    odd: oddOf(history, { undated, future, backwards: backwards(history) }),
    remarks: remarksOf(options, history),
  }
}

const instantOf = (history: History, landing: number) => new Date(history.atSeconds(landing) * 1000).toISOString()

function countWhere(history: History, holds: (landing: number) => boolean): number {
  let count = 0
  for (let landing = 0; landing < history.length; landing++) if (holds(landing)) count += 1
  return count
}

/** How often a landing is dated more than an hour before the one that it stands on. */
function backwards(history: History): number {
  let count = 0
  for (let landing = history.length - 2; landing >= 0; landing--) {
    const both = isDated(history, landing) && isDated(history, landing + 1)
    if (both && history.atSeconds(landing) < history.atSeconds(landing + 1) - 3600) count += 1
  }
  return count
}

function gatesOf(frame: Frame, thresholds: Thresholds): BaselineReport['gates'] {
  const rules = Object.entries(frame.history.mappings[frame.mapping]?.gates ?? {})
  const counted = rules.map(([name], gate) =>
    countGate(frame.history.isJudged ? narrowed(frame, gate) : frame, name, gate),
  )
  const labelled = labelGates(
    counted.map(({ history }) => history),
    thresholds,
  )
  const window = { from: dayText(frame.window.from), to: dayText(frame.window.to) }
  return labelled.gates.flatMap((label, gate) => {
    const [each, rule] = [counted[gate], rules[gate]]
    if (each === undefined || rule === undefined) return []
    const around = (landing: number) => frame.history.wentAround(landing, frame.mapping, gate)
    each.report.remarks = rule[1].passed !== undefined ? sinceMark(frame, around) : neverMarked(each.report.bypassed)
    return [reportOf(each, label, window)]
  })
}

/** Where a mark says that a gate was passed, landings from before the first mark may be older than the mark itself. */
function sinceMark(frame: Frame, around: (landing: number) => boolean): string[] {
  const first = frame.dated.findIndex(landing => !around(landing))
  if (first === 0) return []
  if (first < 0) return ['No landing carries the mark of having passed: perhaps this history is written otherwise.']
  const from = dayText(frame.dayOf(frame.dated[first] ?? 0))
  return [
    `The first mark is of ${from}; the ${first} landings before it count as bypassed, and may be older than the mark.`,
  ]
}

const neverMarked = (bypassed: number): string[] =>
  bypassed > 0 ? [] : ['No landing carries its mark. A bypass that leaves no mark looks the same as none.']

function oddOf(
  history: History,
  { undated, future, backwards: turned }: { undated: number; future: number; backwards: number },
): BaselineReport['odd'] {
  const { octopus, garbled } = history.odd
  const all = [
    { kind: 'undated', count: undated, words: 'without a date that can be read: counted as landings, and in no year' },
    { kind: 'future', count: future, words: 'dated after tomorrow: counted in their year, and in no label' },
    { kind: 'backwards', count: turned, words: 'dated more than an hour before the landing they stand on' },
    { kind: 'octopus', count: octopus, words: 'merges of more than two parents: one landing each' },
    { kind: 'garbled', count: garbled, words: 'with a message that is not all text: read as far as it is' },
  ]
  return all.filter(({ count }) => count > 0)
}

function remarksOf({ source, which }: BaselineOptions, history: History): string[] {
  const remarks: string[] = []
  if (history.length === 0) remarks.push('There is no landing in this history.')
  else if (which === undefined) {
    remarks.push(
      'Nothing in this history tells of a gate. A mapping file says which footers or subjects do: --mapping.',
    )
  } else remarks.push('A history knows only what was written into it: a bypass that left no mark is not seen.')
  if (source.shallow) remarks.push('The clone is shallow: what is older was not there to be read.')
  return remarks
}
