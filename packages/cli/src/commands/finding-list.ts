import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { findingColumns } from '../views/finding.ts'
import { printTable } from '../views/print-table.ts'
import { driftLines } from '../views/status.ts'

export const command = defineCommand({
  positionals: [],
  options: { all: { type: 'flag', summary: 'explained ones too' } },
  examples: [
    { line: 'breakglass finding list', words: 'bypasses nobody has explained yet, and protection that is off' },
    { line: 'breakglass finding list --all --json', words: 'every finding, for a script' },
  ],
  exits: [3, 6],
  async run(context, { options }) {
    const { client } = await connect(context)
    const { findings: all, drift } = await client.call(contract.listFindings, {})
    const findings = options.all ? all : all.filter(({ state }) => state === 'open')
    if (context.out.json) context.out.document({ findings, drift })
    const now = serverNow(context, client)
    printTable(
      context,
      findingColumns(now),
      findings,
      options.all ? 'No bypass has been found.' : 'No finding is open.',
    )
    context.out.lines(...driftLines({ drift }, now))
    return 0
  },
})
