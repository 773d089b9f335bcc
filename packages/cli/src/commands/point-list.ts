import { contract, type PointView } from '@breakglass/core/contract'
import { type Column, relativeTime } from '@breakglass/report'
import { connect, serverNow } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { printTable } from '../views/print-table.ts'

export const command = defineCommand({
  positionals: [],
  options: {},
  notes: ['“cooperative” means that the author of a change can edit what enforces its gates: seen, not prevented.'],
  examples: [{ line: 'breakglass point list', words: 'where gates are enforced, and how strictly' }],
  exits: [3, 6],
  async run(context) {
    const { client } = await connect(context)
    const { points } = await client.call(contract.listPoints, {})
    if (context.out.json) context.out.document({ points })
    printTable(
      context,
      columns(serverNow(context, client)),
      points,
      'No enforcement point is registered: no gate is enforced.',
    )
    return 0
  },
})

function columns(nowMs: number): Column<PointView>[] {
  return [
    { title: 'point', of: point => point.id },
    { title: 'name', of: point => point.name, flexible: true },
    { title: 'kind', of: point => point.kind.replace('_', ' ') },
    { title: 'enforcement', of: point => point.enforcement },
    { title: 'repository', of: point => point.repository.name, flexible: true },
    {
      title: 'last seen',
      of: ({ lastSeenAt }) => (lastSeenAt === undefined ? 'never' : relativeTime(lastSeenAt, nowMs)),
    },
  ]
}
