import { defineCommand, type ExitCode } from '../framework/command.ts'
import { atPoint, pointDirOf } from '../point/at-point.ts'
import { confirmShut, refreshBundle, sendEvents } from '../point/sync.ts'

export const command = defineCommand({
  positionals: [],
  options: {
    repo: { type: 'text', value: 'DIR', summary: 'the bare repository' },
    point: { type: 'text', value: 'DIR', summary: 'the directory of the enforcement point' },
  },
  notes: [
    'Accepts the program in force, says which offline grants are over, and sends what waits. Ends with 6 when the server could not take part.',
  ],
  examples: [{ line: 'breakglass hook sync --repo /srv/git/payments.git', words: 'after an outage, or from a timer' }],
  exits: [1, 4, 6],
  async run(context, { options }): Promise<ExitCode> {
    return atPoint(context, pointDirOf(context, options), async point => {
      const program = await refreshBundle(point)
      const shut = confirmShut(point)
      const events = await sendEvents(point)
      context.out.lines(
        program.ok ? `program: version ${program.accepted.version}` : `program: ${program.words}`,
        `shut: ${shut} offline grants`,
        `events: ${events.sent} sent, ${events.waiting} waiting${events.because === undefined ? '' : ` (${events.because})`}`,
      )
      if (context.out.json) context.out.document({ program, shut, events })
      if (!program.ok) return program.code === 'no_program' ? 6 : 1
      return events.waiting === 0 ? 0 : 6
    })
  },
})
