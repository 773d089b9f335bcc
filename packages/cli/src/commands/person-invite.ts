import { contract } from '@breakglass/core/contract'
import { roles } from '@breakglass/core/decide'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { invitationLines } from '../views/person.ts'

export const command = defineCommand({
  positionals: [{ name: 'email', summary: 'their address; you vouch that it is theirs' }],
  options: {
    name: { type: 'text', summary: 'how others see them' },
    role: { type: 'list', value: roles.join('|'), choices: roles, summary: 'a role beyond what the program names' },
    link: { type: 'flag', summary: 'print the link alone, for breakglass login - or a message' },
    bot: { type: 'flag', summary: 'a machine account; it may break glass only where the program names it' },
  },
  examples: [
    {
      line: 'breakglass person invite ana@acme.dev --name "Ana Lima"',
      words: 'an engineer; the program says what she may break',
    },
    {
      line: 'breakglass person invite sam@audit.example --name "Sam Ode" --role auditor',
      words: 'reads everything, writes nothing',
    },
  ],
  exits: [3, 5, 6],
  async run(context, { positionals: [email = ''], options }) {
    const { name, role, bot } = options
    if (name === undefined) throw usageError('--name is missing.', 'add --name "First Last"')
    const { client } = await connect(context)
    const chosen = roles.filter(one => role.includes(one))
    const body = { email, name, roles: chosen, kind: bot ? ('bot' as const) : ('human' as const) }
    const invited = await client.call(contract.invitePerson, { body })
    if (context.out.json) context.out.document(invited)
    context.out.lines(...(options.link ? [invited.link] : invitationLines(invited)))
    return 0
  },
})
