import { contract, severity as severities } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'

export const command = defineCommand({
  positionals: [{ name: 'title', summary: 'what is happening, in a few words' }],
  options: {
    severity: { type: 'text', choices: severities.options, summary: 'SEV1 is the gravest' },
    commander: { type: 'text', value: 'WHO', summary: 'who commands it; absent: you' },
  },
  notes: ['Anybody may open an incident; a grant that rests on it is marked verified only as the program says.'],
  examples: [
    { line: 'breakglass incident open "Checkout is down" --severity SEV1', words: 'open one and command it' },
    {
      line: 'breakglass incident open "Slow search" --severity SEV3 --commander kofi@acme.dev',
      words: 'somebody else commands it',
    },
  ],
  exits: [3, 4, 6],
  async run(context, { positionals: [title = ''], options }) {
    const { severity, commander } = options
    if (severity === undefined)
      throw usageError('--severity is missing.', `add --severity ${severities.options.join('|')}`)
    const { client } = await connect(context)
    const body = { title, severity, ...(commander === undefined ? {} : { commander }) }
    const incident = await client.call(contract.openIncident, { body })
    if (context.out.json) context.out.document(incident)
    context.out.lines(
      `${incident.id} is open as ${incident.severity}, commanded by ${incident.commander?.name ?? 'nobody yet'}.`,
    )
    return 0
  },
})
