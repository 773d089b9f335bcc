import type { Label } from '../metrics/words.ts'
import type { ForumGate, ForumInput } from './input.ts'
import { counted, gateFigures, sectionOf, targets } from './phrases.ts'
import type { ForumItem, ForumSection } from './report-shape.ts'

/** A gate that asks for something, what is being done about it, and what the forum is asked. */
export interface Asking {
  gate: ForumGate
  care: Care
  question: string
}

type RepairOf = Extract<ForumInput['repairs'], { measured: true }>['value'][number]

/** What the register of repairs says of a gate. `unanswered`: labelled high for two runs, and nobody has taken it on. */
type Care =
  | { kind: 'not_known' | 'none' | 'unanswered' }
  | { kind: 'under_way' | 'too_early' | 'no_effect' | 'worked'; repair: RepairOf }

/** A label that stands for a month is no accident any more. */
const runsUnanswered = 2
const asking: readonly Label[] = ['high', 'rising', 'weekday', 'one_person']

/** Gates that ask for something, the first to fix first. A repair that worked has answered: the label follows it. */
export function askingGates({ gates, repairs }: ForumInput): Asking[] {
  if (!gates.measured) return []
  return gates.value
    .filter(({ label }) => asking.includes(label))
    .map(gate => {
      const care = careOf(gate, repairs)
      return { gate, care, question: questionOf(gate, care) }
    })
    .filter(({ care }) => care.kind !== 'worked')
    .toSorted(
      (a, b) =>
        rankOf(a) - rankOf(b) ||
        b.gate.bypass.interval.low - a.gate.bypass.interval.low ||
        (a.gate.gate < b.gate.gate ? -1 : 1),
    )
}

function careOf({ gate, highRuns }: ForumGate, repairs: ForumInput['repairs']): Care {
  // Without a register of repairs nobody can say that there is none.
  if (!repairs.measured) return { kind: 'not_known' }
  const own = repairs.value.filter(each => each.gate === gate)
  const open = own.find(({ state }) => state === 'open')
  if (open !== undefined) return { kind: 'under_way', repair: open }
  const done = own.filter(({ state }) => state === 'done').at(-1)
  if (done !== undefined) return { kind: done.effect?.verdict ?? 'too_early', repair: done }
  return { kind: highRuns >= runsUnanswered ? 'unanswered' : 'none' }
}

/** High and unanswered, then high or with a repair that did not help, then what may become so; what is being repaired last. */
function rankOf({ gate, care }: Asking): number {
  if (care.kind === 'unanswered') return 0
  if (care.kind === 'no_effect') return 1
  if (care.kind === 'under_way' || care.kind === 'too_early') return 5
  const ranks: Partial<Record<Label, number>> = { high: 1, rising: 2, weekday: 3, one_person: 4 }
  return ranks[gate.label] ?? 5
}

function questionOf({ gate, label, highRuns }: ForumGate, care: Care): string {
  switch (care.kind) {
    case 'no_effect':
      return `The repair of ${gate} shows no effect: what else is wrong with the gate, and who mends it?`
    case 'under_way':
      return `${gate} is being repaired until ${care.repair.due}: is anything in the way?`
    case 'too_early':
    case 'worked':
      return `${gate} was repaired, and it is too early to tell what that changed: is anything else in the way?`
    case 'unanswered':
      return `${gate} has been labelled high in ${highRuns} runs and nobody has taken on its repair: who repairs it, by when, and what work pauses for it?`
    case 'none':
    case 'not_known':
      return labelQuestion(gate, label)
  }
}

function labelQuestion(gate: string, label: Label): string {
  switch (label) {
    case 'rising':
      return `More and more goes around ${gate}: does the gate degrade, or does it become normal, and who looks into it?`
    case 'weekday':
      return `${gate} has a weekday habit: who is there to review on that day, and what changes?`
    case 'one_person':
      return `One person's work goes around ${gate} far more often: does the gate fit that work, and who asks?`
    default:
      return `${gate} is high: who repairs it, by when, and what work pauses for it?`
  }
}

const heading = { id: 'fix_next', title: 'Which gate to fix next', minutes: 4 } as const

export function fixNextSection(input: ForumInput, all: readonly Asking[]): ForumSection {
  if (!input.gates.measured) return sectionOf(heading, { items: [], empty: '', notMeasured: [input.gates.why] })
  const { repairs } = input
  return sectionOf(heading, {
    items: all.map(fixItem),
    empty: emptyWords(input.gates.value),
    ...(repairs.measured || all.length === 0 ? {} : { notMeasured: [`Whether it is being repaired: ${repairs.why}`] }),
  })
}

function emptyWords(gates: readonly ForumGate[]): string {
  if (gates.length === 0) return 'There is no gate to look at.'
  const unclear = gates.filter(({ label }) => label === 'insufficient').length
  const rest = unclear === 0 ? '' : ` ${counted(unclear, 'gate has', 'gates have')} too few passages to tell.`
  return `No gate asks for a repair.${rest}`
}

function fixItem({ gate, question }: Asking): ForumItem {
  const { tally } = gate
  const [first] = tally?.reasons ?? []
  const told =
    tally === undefined || first === undefined
      ? ''
      : ` ${first.x} of ${counted(tally.n, 'review')} say: ${first.reason.replaceAll('_', ' ')}.`
  const why = gate.whyItHurts === undefined ? '' : ` ${sentence(gate.whyItHurts)}`
  const buys = gate.buys === undefined ? '' : ` ${sentence(gate.buys)}`
  return {
    tone: 'attention',
    gate: gate.gate,
    text: `${gate.reason}${why}${buys}${told} ${question}`,
    action: gate.action,
    figures: gateFigures(gate),
    ...(gate.weeks === undefined ? {} : { weeks: gate.weeks }),
    link: targets.gate(gate.gate),
  }
}

/** With a capital and a full stop, however it was handed in. */
function sentence(text: string): string {
  const trimmed = text.trim()
  const ended = /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`
  return ended.charAt(0).toUpperCase() + ended.slice(1)
}
