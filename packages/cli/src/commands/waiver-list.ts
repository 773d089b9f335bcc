import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { printTable } from '../views/print-table.ts'
import { waiverColumns } from '../views/waiver.ts'

export const command = defineCommand({
  positionals: [],
  options: { all: { type: 'flag', summary: 'those that are over too' } },
  examples: [
    { line: 'breakglass waiver list', words: 'what is waived now, the oldest first' },
    { line: 'breakglass waiver list --all --json', words: 'every waiver, for a script' },
  ],
  exits: [3, 6],
  async run(context, { options }) {
    const { client } = await connect(context)
    const reply = await client.call(contract.listWaivers, { query: options.all ? { all: '1' } : {} })
    if (context.out.json) context.out.document(reply)
    printTable(context, waiverColumns(serverNow(context, client)), reply.waivers, 'No gate is waived.')
    return 0
  },
})
