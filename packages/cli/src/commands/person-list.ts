import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { personColumns } from '../views/person.ts'
import { printTable } from '../views/print-table.ts'

export const command = defineCommand({
  positionals: [],
  options: {},
  examples: [{ line: 'breakglass person list', words: 'everybody known here' }],
  exits: [3, 6],
  async run(context) {
    const { client } = await connect(context)
    const { persons } = await client.call(contract.listPersons, {})
    if (context.out.json) context.out.document({ persons })
    printTable(context, personColumns(serverNow(context, client)), persons, 'Nobody is known here.')
    return 0
  },
})
