import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { askedPeriod } from '../evidence/period.ts'
import { defineCommand } from '../framework/command.ts'
import { processLines } from '../views/process.ts'

export const command = defineCommand({
  positionals: [],
  options: {
    period: { type: 'text', value: '2026-Q4', summary: 'a quarter, a month or a year; absent: since the last forum' },
    from: { type: 'text', value: 'DAY', summary: 'from the start of this day, UTC' },
    to: { type: 'text', value: 'DAY', summary: 'up to the start of this day, UTC; absent: now' },
  },
  notes: [
    'How the program is run: whether each review was signed and when, what promises came to, how old waivers are, how long the emergency path takes beside the gates it goes around.',
    'Counts of the program, never of a person. What nobody records is said, and is no zero.',
  ],
  examples: [
    { line: 'breakglass process', words: 'since the last forum, or the last 30 days' },
    { line: 'breakglass process --period 2026-Q3 --json', words: 'a quarter, for a script' },
  ],
  exits: [2, 3, 5, 6],
  async run(context, { options }) {
    const { client } = await connect(context)
    const query = askedPeriod(options, serverNow(context, client))
    const shown = await client.call(contract.getProcess, { query })
    if (context.out.json) context.out.document(shown)
    else context.out.lines(...processLines(shown))
    return 0
  },
})
