import { durationWords } from '../decide/words.ts'
import { BreakglassError } from '../errors.ts'
import type { PublishedProgram, ResolvedGate, ResolvedProgram } from '../program/resolved.ts'
import { gateSection } from './gate-section.ts'
import { command, heading, paragraph, step } from './text.ts'

/**
 * The runbook of the program in force, as plain text that prints at 80 columns. It is made from what the rules decide on,
 * so the words cannot drift from what happens. `gate`: only that one; `not_found` if the program has none of the name.
 */
export function renderRunbook(published: PublishedProgram, options: { url: string; gate?: string }): string {
  const { program, digest } = published
  const lines = [
    ...heading(`Breaking glass at ${program.organization}`, '='),
    '',
    ...paragraph(
      `Generated from the program in force, ${digest}. The newest one: breakglass runbook, or ${options.url}`,
    ),
    '',
    ...whenToUse,
    '',
    ...steps(program, options.url),
    '',
    ...afterwards(program),
    ...gatesOf(program, options.gate).flatMap(gate => gateSection(program, gate)),
  ]
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`
}

function gatesOf(program: ResolvedProgram, name: string | undefined): ResolvedGate[] {
  if (name === undefined) return Object.values(program.gates).sort((a, b) => (a.name < b.name ? -1 : 1))
  const gate = Object.hasOwn(program.gates, name) ? program.gates[name] : undefined
  if (gate) return [gate]
  throw new BreakglassError('not_found', {
    message: `The program has no gate ${name}; it has ${Object.keys(program.gates).sort().join(', ') || 'none'}.`,
  })
}

const whenToUse = paragraph(
  'Use this when a gate stands between you and ending an emergency. It opens one gate, for one change, for a short while; everything else keeps watching. Using it is right and expected: it is logged, told and reviewed, and nobody is blamed for it. Do not switch off a protection or push around it: that is the one thing this is here to spare you.',
)

function steps(program: ResolvedProgram, url: string): string[] {
  const severities = Object.values(program.gates).flatMap(({ breakGlass }) =>
    breakGlass.kind === 'allowed' ? (breakGlass.incidentAtLeast ?? []) : [],
  )
  const example = severities.sort()[0] ?? 'SEV1'
  return [
    ...heading('What to do', '-'),
    ...step(1, 'Say that there is an incident, unless somebody has. Gates below say how grave it must be.'),
    ...command(`breakglass incident open --severity ${example} "what is broken"`),
    ...step(2, 'See what stands in the way, and open only that.'),
    ...command('breakglass open <repository>@<commit> --ref <branch>'),
    ...step(3, `If a second person is asked for, they are told at once. They type the line below, or answer at ${url}`),
    ...command('breakglass approve g_…'),
    ...step(4, 'Land the change while the gate is open: push, merge or deploy as always.'),
  ]
}

function afterwards({ reviews, offlineTtlSecondsMax }: ResolvedProgram): string[] {
  return [
    ...heading('What happens by itself', '-'),
    ...step(
      1,
      'The gate closes when its time or its uses are spent. Nobody has to remember it; it cannot be extended, only asked for again.',
    ),
    ...step(
      2,
      'The grant, with its reasons, is in the ledger before the gate opens. Whoever breaks glass cannot alter it.',
    ),
    ...step(
      3,
      `A review opens with the grant, used or not. You say what made the safe path unusable; one of ${reviews.reviewers.join(', ')} signs, never you.`,
    ),
    ...step(
      4,
      `An offline grant (at most ${durationWords(offlineTtlSecondsMax)}) cannot be called back; others can: breakglass revoke g_… --reason "…"`,
    ),
  ]
}
