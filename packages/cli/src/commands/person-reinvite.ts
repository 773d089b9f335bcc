import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { whichPerson } from '../client/which-person.ts'
import { defineCommand } from '../framework/command.ts'
import { invitationLines } from '../views/person.ts'

export const command = defineCommand({
  positionals: [{ name: 'person', summary: 'their id, account or name' }],
  options: {},
  notes: ['Their earlier tokens and links end at once.'],
  examples: [{ line: 'breakglass person reinvite ana@acme.dev', words: 'a lost laptop, a lost link' }],
  exits: [3, 4, 5, 6],
  async run(context, { positionals: [given = ''] }) {
    const { client } = await connect(context)
    const { id } = await whichPerson(client, given)
    const invited = await client.call(contract.reinvitePerson, { params: { id } })
    if (context.out.json) context.out.document(invited)
    context.out.lines(...invitationLines(invited))
    return 0
  },
})
