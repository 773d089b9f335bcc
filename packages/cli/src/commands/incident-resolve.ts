import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'

export const command = defineCommand({
  positionals: [{ name: 'incident', summary: 'the incident (in_…)' }],
  options: {},
  notes: ['Grants that are open keep the terms they were decided under; revoke them where they are needed no more.'],
  examples: [{ line: 'breakglass incident resolve in_01hz3v8k2m4n6p8q0r2s4t6v8w', words: 'it is over' }],
  exits: [3, 4, 5, 6],
  async run(context, { positionals: [id = ''] }) {
    const { client } = await connect(context)
    const incident = await client.call(contract.resolveIncident, { params: { id } })
    if (context.out.json) context.out.document(incident)
    context.out.lines(`${incident.id} is resolved. What is still open: breakglass status`)
    return 0
  },
})
