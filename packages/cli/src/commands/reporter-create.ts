import { contract } from '@breakglass/core/contract'
import { facts, shortInstant } from '@breakglass/report'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'

const daysDefault = 90

export const command = defineCommand({
  positionals: [{ name: 'name', summary: 'what to call this credential' }],
  options: {
    gate: { type: 'text', value: 'GATE', summary: 'the only gate it may report on' },
    repository: { type: 'text', value: 'owner/name', summary: 'the only repository it may report on' },
    days: { type: 'number', summary: `how long it is valid; at most 365, else ${daysDefault}` },
  },
  notes: ['The token is shown once, here. Keep it as a secret of the CI system; breakglass reporter end stops it.'],
  examples: [
    {
      line: 'breakglass reporter create ci-payments-tests --gate payments/integration-tests --repository acme/payments --days 180',
      words: 'let one job report one gate',
    },
  ],
  exits: [3, 4, 6],
  async run(context, { positionals: [name = ''], options: { gate, repository, days = daysDefault } }) {
    if (gate === undefined) throw usageError('--gate is missing.', 'a credential reports on one gate: add --gate GATE')
    if (repository === undefined) throw usageError('--repository is missing.', 'add --repository owner/name')
    const { client } = await connect(context)
    const issued = await client.call(contract.createReporter, { body: { name, gate, repository, days } })
    if (context.out.json) context.out.document(issued)
    context.out.lines(
      ...facts([
        ['token', issued.token],
        ['id', issued.reporter.id],
        ['reports', `${issued.reporter.gate} in ${issued.reporter.repository.name}, and nothing else`],
        ['until', shortInstant(issued.reporter.expiresAt)],
      ]),
    )
    context.out.note('This token is not shown again.')
    return 0
  },
})
