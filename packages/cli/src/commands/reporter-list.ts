import { contract } from '@breakglass/core/contract'
import { type Column, relativeTime } from '@breakglass/report'
import type { z } from 'zod'
import { connect, serverNow } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { printTable } from '../views/print-table.ts'

type Reporter = z.output<(typeof contract.endReporter)['reply']>

export const command = defineCommand({
  positionals: [],
  options: {},
  examples: [{ line: 'breakglass reporter list', words: 'every reporter credential and what it is for' }],
  exits: [3, 6],
  async run(context) {
    const { client } = await connect(context)
    const { reporters } = await client.call(contract.listReporters, {})
    if (context.out.json) context.out.document({ reporters })
    printTable(context, columns(serverNow(context, client)), reporters, 'There is no reporter credential.')
    return 0
  },
})

function columns(nowMs: number): Column<Reporter>[] {
  return [
    { title: 'reporter', of: reporter => reporter.id },
    { title: 'name', of: reporter => reporter.name, flexible: true },
    { title: 'gate', of: reporter => reporter.gate, flexible: true },
    { title: 'repository', of: reporter => reporter.repository.name, flexible: true },
    {
      title: 'state',
      of: ({ endedAt, expiresAt }) =>
        endedAt === undefined ? `expires ${relativeTime(expiresAt, nowMs)}` : `ended ${relativeTime(endedAt, nowMs)}`,
    },
  ]
}
