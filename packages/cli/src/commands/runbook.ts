import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'

export const command = defineCommand({
  positionals: [],
  options: { gate: { type: 'text', value: 'GATE', summary: 'only this gate' } },
  examples: [
    { line: 'breakglass runbook', words: 'the whole procedure, from the program in force' },
    { line: 'breakglass runbook --gate payments/smoke', words: 'one gate' },
  ],
  exits: [3, 4, 5, 6],
  async run(context, { options }) {
    const { client } = await connect(context)
    const text = await client.call(contract.getRunbook, {
      query: options.gate === undefined ? {} : { gate: options.gate },
    })
    if (context.out.json) context.out.document({ runbook: text })
    context.out.lines(...text.trimEnd().split('\n'))
    return 0
  },
})
