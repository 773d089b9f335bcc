import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'

export const command = defineCommand({
  positionals: [{ name: 'reporter', summary: 'the credential’s id (tk_…)' }],
  options: {},
  notes: ['Results it reported before stay as they were reported.'],
  examples: [
    { line: 'breakglass reporter end tk_01hz3v8k2m4n6p8q0r2s4t6v8w', words: 'a secret leaked, a job is gone' },
  ],
  exits: [3, 4, 6],
  async run(context, { positionals: [id = ''] }) {
    const { client } = await connect(context)
    const reporter = await client.call(contract.endReporter, { params: { id } })
    if (context.out.json) context.out.document(reporter)
    context.out.lines(`${reporter.name} (${reporter.id}) has ended; its token stopped working.`)
    return 0
  },
})
