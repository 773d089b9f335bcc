import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { blindLines, gateColumns } from '../views/gate-numbers.ts'
import { printTable } from '../views/print-table.ts'

export const command = defineCommand({
  positionals: [],
  options: {},
  notes: [
    'Rates are episodes of the last 90 days over passages whose outcome is known; labels are of 26 weeks and change only when two months agree.',
  ],
  examples: [
    { line: 'breakglass gate list', words: 'every gate in force: its label, its rates, what could not be seen' },
    { line: 'breakglass gate list --json', words: 'the same with every number behind it' },
  ],
  exits: [3, 5, 6],
  async run(context) {
    const { client } = await connect(context)
    const listed = await client.call(contract.listGates, {})
    if (context.out.json) context.out.document(listed)
    printTable(context, gateColumns, listed.gates, 'The program in force has no gate.')
    context.out.lines(...blindLines(listed.gates))
    return 0
  },
})
