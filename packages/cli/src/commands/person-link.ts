import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { whichPerson } from '../client/which-person.ts'
import { defineCommand } from '../framework/command.ts'
import { accountsLine } from '../views/person.ts'

export const command = defineCommand({
  positionals: [
    { name: 'person', summary: 'their id, account or name' },
    { name: 'account', summary: 'issuer:name, such as github:kofi or git.acme.dev:kofi' },
  ],
  options: {},
  notes: [
    'From then on a program that names the account means them, as new on the roster.',
    'Pushes that a hook told under it are theirs, earlier ones too.',
  ],
  examples: [
    { line: 'breakglass person link kofi@acme.dev github:kofi', words: 'their name at a forge' },
    { line: 'breakglass person link kofi@acme.dev git.acme.dev:kofi', words: 'their name at your git server' },
  ],
  exits: [3, 4, 5, 6],
  async run(context, { positionals: [given = '', account = ''] }) {
    const { client } = await connect(context)
    const { id } = await whichPerson(client, given)
    const person = await client.call(contract.addAccount, { params: { id }, body: { account } })
    if (context.out.json) context.out.document(person)
    context.out.lines(accountsLine(person))
    return 0
  },
})
