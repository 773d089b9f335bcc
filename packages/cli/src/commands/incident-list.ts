import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { printTable } from '../views/print-table.ts'
import { incidentColumns } from '../views/incident.ts'

export const command = defineCommand({
  positionals: [],
  options: { all: { type: 'flag', summary: 'resolved ones too' } },
  examples: [
    { line: 'breakglass incident list', words: 'what is open' },
    { line: 'breakglass incident list --all --json', words: 'everything, for a script' },
  ],
  exits: [3, 6],
  async run(context, { options }) {
    const { client } = await connect(context)
    const { incidents: all } = await client.call(contract.listIncidents, {})
    const incidents = options.all ? all : all.filter(({ state }) => state === 'open')
    if (context.out.json) context.out.document({ incidents })
    printTable(context, incidentColumns(serverNow(context, client)), incidents, 'No incident is open.')
    return 0
  },
})
