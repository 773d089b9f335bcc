import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { parseInstant, parsePeriod } from '../evidence/period.ts'
import { notePublishing, reportFormats, writeReport } from '../forum/write-report.ts'
import { defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'

/** A year of numbers takes the server a moment. */
const timeoutMs = 60_000

export const command = defineCommand({
  positionals: [],
  options: {
    period: { type: 'text', value: '2026-Q4', summary: 'a quarter, a month or a year; absent: since the last forum' },
    from: { type: 'text', value: 'DAY', summary: 'from the start of this day, UTC' },
    to: { type: 'text', value: 'DAY', summary: 'up to the start of this day, UTC; absent: now' },
    format: {
      type: 'text',
      choices: reportFormats,
      summary: 'markdown for a chat, html for a browser and paper; absent: by the file’s name, or terminal',
    },
    out: { type: 'text', value: 'FILE', summary: 'write it there, readable by you alone' },
  },
  notes: [
    'It reads like the agenda of fifteen minutes: what was decided last time, which gate to fix next and why, what moved, what was promised and not kept, and what could not be seen.',
    'It names nobody who went around a gate. What nobody measured is said, and is no zero.',
    'The program’s forum has it delivered: whoever chairs it and the gates’ owners are told when it is due.',
  ],
  examples: [
    { line: 'breakglass report', words: 'since the last forum, or the last 30 days' },
    { line: 'breakglass report --period 2026-Q3 --out q3.html', words: 'a page to open, or to print' },
    { line: 'breakglass report --format markdown', words: 'to paste into a chat' },
    { line: 'breakglass report --json', words: 'every number with its window, for a script' },
  ],
  exits: [3, 5, 6],
  async run(context, { options }) {
    const { client } = await connect(context, { timeoutMs })
    const asked = periodOf(options)
    const nowInstant = new Date(serverNow(context, client)).toISOString()
    // A period that is not over yet ends now.
    const { to, ...rest } = asked
    const query = to === undefined || to >= nowInstant ? rest : { ...rest, to }
    const { report, publish } = await client.call(contract.getForumReport, { query })
    if (context.out.json) context.out.document({ report, ...(publish && { publish }) })
    await writeReport(context, report, options)
    notePublishing(context, publish)
    return 0
  },
})

interface Given {
  period?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

function periodOf({ period, from, to }: Given): { from?: string; to?: string } {
  if (period !== undefined) {
    if (from !== undefined || to !== undefined) throw usageError('--period and --from/--to say two things.', 'keep one')
    return parsePeriod(period)
  }
  if (from === undefined && to !== undefined) throw usageError('--to needs --from.', 'add --from 2026-10-01')
  return {
    ...(from !== undefined && { from: parseInstant(from, 'from') }),
    ...(to !== undefined && { to: parseInstant(to, 'to') }),
  }
}
