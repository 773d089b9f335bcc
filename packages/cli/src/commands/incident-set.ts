import { contract, severity as severities } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'

export const command = defineCommand({
  positionals: [{ name: 'incident', summary: 'the incident (in_…)' }],
  options: {
    severity: { type: 'text', choices: severities.options, summary: 'SEV1 is the gravest' },
    commander: { type: 'text', value: 'WHO', summary: 'who commands it from now on' },
  },
  examples: [
    {
      line: 'breakglass incident set in_01hz3v8k2m4n6p8q0r2s4t6v8w --severity SEV1',
      words: 'it is graver than it looked',
    },
    { line: 'breakglass incident set in_01hz3v8k2m4n6p8q0r2s4t6v8w --commander ana@acme.dev', words: 'hand over' },
  ],
  exits: [3, 4, 5, 6],
  async run(context, { positionals: [id = ''], options: { severity, commander } }) {
    if (severity === undefined && commander === undefined)
      throw usageError('Nothing to set.', 'add --severity or --commander')
    const { client } = await connect(context)
    const body = { ...(severity === undefined ? {} : { severity }), ...(commander === undefined ? {} : { commander }) }
    const incident = await client.call(contract.setIncident, { params: { id }, body })
    if (context.out.json) context.out.document(incident)
    context.out.lines(`${incident.id} is ${incident.severity}, commanded by ${incident.commander?.name ?? 'nobody'}.`)
    return 0
  },
})
