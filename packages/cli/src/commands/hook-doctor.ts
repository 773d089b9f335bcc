import { type CommandContext, defineCommand, type ExitCode } from '../framework/command.ts'
import { atPoint, gitAt, pointDirOf } from '../point/at-point.ts'
import { examine, type Finding } from '../point/doctor.ts'
import { plain } from '../point/plain.ts'

export const command = defineCommand({
  positionals: [],
  options: {
    repo: { type: 'text', value: 'DIR', summary: 'the bare repository' },
    point: { type: 'text', value: 'DIR', summary: 'the directory of a point in CI' },
  },
  notes: ['Changes nothing. Ends with 1 when something is wrong that keeps gates from working as they should.'],
  examples: [
    {
      line: 'breakglass hook doctor --repo /srv/git/payments.git',
      words: 'one line for each thing that must be right',
    },
  ],
  exits: [1, 4],
  async run(context, { options }) {
    const dir = pointDirOf(context, options)
    const git = options.repo === undefined ? undefined : gitAt(context, options.repo)
    const findings = await atPoint(context, dir, point => examine(point, git))
    return presentFindings(context, findings)
  },
})

export function presentFindings(context: CommandContext, findings: readonly Finding[]): ExitCode {
  const isWell = findings.every(({ state }) => state !== 'problem')
  context.out.lines(...findings.flatMap(linesOf))
  if (context.out.json) context.out.document({ ok: isWell, findings })
  return isWell ? 0 : 1
}

function linesOf({ check, state, words, remedy, exhibits = [] }: Finding): string[] {
  const shown = exhibits.flatMap(text => [
    '',
    ...text
      .trimEnd()
      .split('\n')
      .map(line => `         | ${plain(line)}`),
  ])
  const next = remedy === undefined ? [] : [`         next: ${remedy}`]
  return [`${state.padEnd(8)} ${check}: ${words}`, ...shown, ...(shown.length > 0 ? [''] : []), ...next]
}
