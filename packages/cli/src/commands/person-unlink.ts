import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { whichPerson } from '../client/which-person.ts'
import { defineCommand } from '../framework/command.ts'
import { accountsLine } from '../views/person.ts'

export const command = defineCommand({
  positionals: [
    { name: 'person', summary: 'their id, account or name' },
    { name: 'account', summary: 'the account, as person list shows it' },
  ],
  options: {},
  notes: ['The last account of a person stays: to end them, breakglass person end.'],
  examples: [{ line: 'breakglass person unlink kofi@acme.dev github:kofi', words: 'it is not theirs any more' }],
  exits: [3, 4, 6],
  async run(context, { positionals: [given = '', account = ''] }) {
    const { client } = await connect(context)
    const { id } = await whichPerson(client, given)
    const person = await client.call(contract.removeAccount, { params: { id }, body: { account } })
    if (context.out.json) context.out.document(person)
    context.out.lines(accountsLine(person))
    return 0
  },
})
