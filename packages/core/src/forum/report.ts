import { askingGates, type Asking, fixNextSection } from './fix-next.ts'
import type { ForumInput } from './input.ts'
import { counted } from './phrases.ts'
import type { ForumReport } from './report-shape.ts'
import { movedSection, pathsSection } from './sections-gates.ts'
import {
  decisionsSection,
  disclosuresSection,
  promisesSection,
  repairsSection,
  reviewsSection,
  unseenSection,
  waiversSection,
} from './sections-records.ts'

/** Gates that the forum is asked about; more than these nobody decides in fifteen minutes. */
export const questionsMax = 5

/**
 * The agenda of a fifteen-minute meeting: what was decided, which gate to fix next, what moved, what was promised, what
 * could not be seen. Every section is there, also where nobody measured it. The same input gives the same report, and names
 * nobody who went around a gate. docs/formats/forum.md "The report".
 */
export function forumReport(input: ForumInput): ForumReport {
  const asking = askingGates(input)
  return {
    format: 'breakglass-forum/1',
    organization: input.organization,
    period: input.period,
    at: input.at,
    headline: headlineOf(input, asking),
    questions: asking.slice(0, questionsMax).map(({ gate, question }) => ({ gate: gate.gate, question })),
    sections: [
      decisionsSection(input),
      fixNextSection(input, asking),
      movedSection(input),
      pathsSection(input),
      reviewsSection(input),
      waiversSection(input),
      promisesSection(input),
      repairsSection(input),
      disclosuresSection(input),
      unseenSection(input),
    ],
  }
}

function headlineOf({ gates, last }: ForumInput, asking: readonly Asking[]): string {
  const broken = last?.decisions.filter(({ state }) => state === 'not_kept').length ?? 0
  const kept =
    broken === 0 ? '' : ` ${counted(broken, 'decision')} of the last forum ${broken === 1 ? 'was' : 'were'} not kept.`
  return `${gateHeadline(gates.measured, asking)}${kept}`
}

function gateHeadline(isMeasured: boolean, [first, ...rest]: readonly Asking[]): string {
  if (!isMeasured) return 'Gates were not measured in this period.'
  if (first === undefined) return 'No gate asks for a repair.'
  const { gate, care } = first
  const more = rest.length === 0 ? '' : ` ${counted(rest.length, 'more gate asks', 'more gates ask')} for something.`
  if (care.kind === 'unanswered')
    return `Fix ${gate.gate}: labelled high in ${gate.highRuns} runs, and nobody has taken on its repair.${more}`
  if (care.kind === 'under_way') return `${gate.gate} is being repaired.${more}`
  if (care.kind === 'too_early') return `${gate.gate} was repaired; it is too early to tell what that changed.${more}`
  return gate.label === 'high' ? `Fix ${gate.gate} next.${more}` : `Look at ${gate.gate} next.${more}`
}
