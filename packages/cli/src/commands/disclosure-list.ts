import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { disclosureColumns } from '../views/disclosure.ts'
import { printTable } from '../views/print-table.ts'

export const command = defineCommand({
  positionals: [],
  options: {},
  examples: [{ line: 'breakglass disclosure list', words: 'the newest first' }],
  exits: [3, 6],
  async run(context) {
    const { client } = await connect(context)
    const listed = await client.call(contract.listDisclosures, {})
    if (context.out.json) context.out.document(listed)
    const columns = disclosureColumns(serverNow(context, client))
    printTable(context, columns, listed.disclosures, 'Nobody has told of a bypass yet.')
    return 0
  },
})
