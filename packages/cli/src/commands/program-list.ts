import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { printTable } from '../views/print-table.ts'
import { versionColumns } from '../views/program.ts'

export const command = defineCommand({
  positionals: [],
  options: {},
  examples: [{ line: 'breakglass program list', words: 'every version, newest first' }],
  exits: [3, 6],
  async run(context) {
    const { client } = await connect(context)
    const { versions } = await client.call(contract.listPrograms, {})
    if (context.out.json) context.out.document({ versions })
    printTable(context, versionColumns(serverNow(context, client)), versions, 'No program has been published.')
    return 0
  },
})
