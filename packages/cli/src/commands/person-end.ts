import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { whichPerson } from '../client/which-person.ts'
import { defineCommand } from '../framework/command.ts'

export const command = defineCommand({
  positionals: [{ name: 'person', summary: 'their id, account or name' }],
  options: {},
  notes: ['Every token and link of theirs stops working at once. What they did stays on record.'],
  examples: [{ line: 'breakglass person end kofi@acme.dev', words: 'somebody left' }],
  exits: [3, 4, 5, 6],
  async run(context, { positionals: [given = ''] }) {
    const { client } = await connect(context)
    const { id } = await whichPerson(client, given)
    const person = await client.call(contract.endPerson, { params: { id } })
    if (context.out.json) context.out.document(person)
    context.out.lines(
      `${person.name} (${person.id}) is ${person.state}; every token and link of theirs has stopped working.`,
    )
    return 0
  },
})
