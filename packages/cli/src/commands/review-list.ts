import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { printTable } from '../views/print-table.ts'
import { reviewColumns } from '../views/review.ts'

const states = ['open', 'signed', 'all'] as const

export const command = defineCommand({
  positionals: [],
  options: {
    state: { type: 'text', choices: states, summary: 'absent: open' },
    mine: { type: 'flag', summary: 'only those you can answer or sign' },
  },
  examples: [
    { line: 'breakglass review list --mine', words: 'what waits for you' },
    { line: 'breakglass review list --state all --json', words: 'every review, for a script' },
  ],
  exits: [3, 6],
  async run(context, { options: { state = 'open', mine } }) {
    const { client } = await connect(context)
    const query = { state, ...(mine ? { mine: 'true' as const } : {}) }
    const { reviews } = await client.call(contract.listReviews, { query })
    if (context.out.json) context.out.document({ reviews })
    printTable(context, reviewColumns(serverNow(context, client)), reviews, 'No review.')
    return 0
  },
})
