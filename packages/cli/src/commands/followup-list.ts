import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { printTable } from '../views/print-table.ts'
import { followUpColumns } from '../views/waiver.ts'

export const command = defineCommand({
  positionals: [],
  options: { all: { type: 'flag', summary: 'those that are done too' } },
  examples: [{ line: 'breakglass followup list', words: 'open ones, by when they are due' }],
  exits: [3, 6],
  async run(context, { options }) {
    const { client } = await connect(context)
    const { followUps } = await client.call(contract.listFollowUps, {})
    const shown = options.all ? followUps : followUps.filter(({ doneAt }) => doneAt === undefined)
    if (context.out.json) context.out.document({ followUps: shown })
    printTable(context, followUpColumns, shown, 'No follow-up is open.')
    return 0
  },
})
