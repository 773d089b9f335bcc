import { rateOf } from '../metrics/rates.ts'
import type { Label } from '../metrics/words.ts'
import type { ForumGate, ForumInput } from './input.ts'
import { counted, dayOf, gateFigures, rateFigure, rateWords, sectionOfMeasured, targets } from './phrases.ts'
import type { ForumItem, ForumSection } from './report-shape.ts'

/** Better to worse; a change between the last two says nothing about the gate. */
const order: readonly Label[] = ['near_zero', 'incidents_only', 'one_person', 'weekday', 'rising', 'high']

/** What is different from last time: labels, and bypasses that move onto the sanctioned path or off it. */
export function movedSection({ gates }: ForumInput): ForumSection {
  const heading = { id: 'moved', title: 'What moved', minutes: 2 } as const
  return sectionOfMeasured(heading, gates, all => ({
    items: all.flatMap(gate => [...labelMoved(gate), ...shifted(gate), ...paperOnly(gate)]),
    empty: 'No label changed, and nothing moved onto the sanctioned path or off it.',
  }))
}

function labelMoved(gate: ForumGate): ForumItem[] {
  const { label, labelBefore } = gate
  if (labelBefore === undefined || labelBefore === label) return []
  const [was, is] = [order.indexOf(labelBefore), order.indexOf(label)]
  const known = was >= 0 && is >= 0
  const tone = !known ? 'plain' : is < was ? 'good' : 'attention'
  const text = `${named(labelBefore)} before, ${named(label)} now. ${gate.reason}`
  return [{ tone, gate: gate.gate, text, figures: gateFigures(gate), link: targets.gate(gate.gate) }]
}

const named = (label: Label): string => `“${label.replaceAll('_', ' ')}”`

function shifted(gate: ForumGate): ForumItem[] {
  if (gate.shift === 'none') return []
  const isAdoption = gate.shift === 'adoption'
  const text = isAdoption
    ? 'Adoption: sanctioned up, unsanctioned down. The path is winning.'
    : 'Displacement: unsanctioned up, sanctioned down. What was seen is moving out of sight.'
  const action = isAdoption ? {} : { action: 'Ask what made the sanctioned path harder than the way around it.' }
  const tone = isAdoption ? 'good' : 'attention'
  return [{ tone, gate: gate.gate, text, ...action, figures: gateFigures(gate), link: targets.gate(gate.gate) }]
}

function paperOnly(gate: ForumGate): ForumItem[] {
  if (!gate.onPaperOnly) return []
  return [
    {
      tone: 'attention',
      gate: gate.gate,
      text: `Program on paper only: ${gate.glass.x} of ${counted(gate.bypass.x, 'episode')} went the sanctioned way.`,
      action: 'Make the sanctioned path the easier one: breakglass advise says how.',
      figures: gateFigures(gate),
      link: targets.gate(gate.gate),
    },
  ]
}

/** Sanctioned against unsanctioned, of all gates together: the one is only good news where the other does not rise. */
export function pathsSection({ gates, findings, period }: ForumInput): ForumSection {
  const heading = { id: 'paths', title: 'Sanctioned and unsanctioned', minutes: 1 } as const
  const section = sectionOfMeasured(heading, gates, all => ({
    items: all.length === 0 ? [] : [together(all)],
    empty: 'There is no gate to count at.',
  }))
  if (!findings.measured) return { ...section, notMeasured: [...section.notMeasured, `Findings: ${findings.why}`] }
  const { found, open, landings } = findings.value
  const window = { from: dayOf(period.from), to: dayOf(period.to) }
  const text =
    found === 0
      ? `No bypass was found in the period${open === 0 ? '' : `; ${counted(open, 'older one')} waits for an explanation`}.`
      : `${counted(found, 'bypass', 'bypasses')} found in the period, ${open} without an explanation yet.`
  const what = 'bypasses found'
  const figure = {
    what,
    x: found,
    ...(landings === undefined ? {} : { n: landings }),
    window,
    link: targets.findings(),
  }
  const item: ForumItem = { tone: open > 0 ? 'attention' : 'plain', text, figures: [figure], link: targets.findings() }
  const { empty: _, ...rest } = section
  return { ...rest, items: [...section.items, item] }
}

function together(all: readonly ForumGate[]): ForumItem {
  const sum = (of: (gate: ForumGate) => { x: number; n: number }) =>
    rateOf(
      all.reduce((total, gate) => total + of(gate).x, 0),
      all.reduce((total, gate) => total + of(gate).n, 0),
    )
  const [glass, unsanctioned] = [sum(gate => gate.glass), sum(gate => gate.unsanctioned)]
  const froms = all.map(gate => gate.window.from).toSorted()
  const tos = all.map(gate => gate.window.to).toSorted()
  const window = { from: froms[0] ?? '', to: tos.at(-1) ?? '' }
  const text = `Sanctioned ${rateWords(glass)}; unsanctioned ${rateWords(unsanctioned)}, over ${counted(all.length, 'gate')}.`
  return {
    tone: unsanctioned.x > glass.x ? 'attention' : 'plain',
    text,
    figures: [
      rateFigure('sanctioned', glass, window, targets.gates()),
      rateFigure('unsanctioned', unsanctioned, window, targets.gates()),
    ],
    link: targets.gates(),
  }
}
