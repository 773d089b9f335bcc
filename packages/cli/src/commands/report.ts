import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { askedPeriod } from '../evidence/period.ts'
import { notePublishing, reportFormats, writeReport } from '../forum/write-report.ts'
import { defineCommand } from '../framework/command.ts'

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
    const query = askedPeriod(options, serverNow(context, client))
    const { report, publish } = await client.call(contract.getForumReport, { query })
    if (context.out.json) context.out.document({ report, ...(publish && { publish }) })
    await writeReport(context, report, options)
    notePublishing(context, publish)
    return 0
  },
})
