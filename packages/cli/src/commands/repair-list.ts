import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { printTable } from '../views/print-table.ts'
import { repairColumns } from '../views/waiver.ts'

export const command = defineCommand({
  positionals: [],
  options: {},
  examples: [{ line: 'breakglass repair list', words: 'open ones first, by when they are due' }],
  exits: [3, 6],
  async run(context) {
    const { client } = await connect(context)
    const { repairs } = await client.call(contract.listRepairs, {})
    if (context.out.json) context.out.document({ repairs })
    printTable(context, repairColumns, repairs, 'No repair.')
    return 0
  },
})
