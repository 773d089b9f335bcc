import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'

export const command = defineCommand({
  positionals: [{ name: 'follow-up', summary: 'the follow-up (fu_…)' }],
  options: { note: { type: 'text', summary: 'how' } },
  examples: [
    {
      line: 'breakglass followup done fu_01hz3v8k2m4n6p8q0r2s4t6v8w --note "The timeout is 30 s now"',
      words: 'as its owner, or the gate’s',
    },
  ],
  exits: [1, 3, 4, 5, 6],
  async run(context, { positionals: [id = ''], options }) {
    const { client } = await connect(context)
    const body = options.note === undefined ? {} : { note: options.note }
    const followUp = await client.call(contract.doneFollowUp, { params: { id }, body })
    if (context.out.json) context.out.document(followUp)
    context.out.lines(`${followUp.id} is done.`)
    return 0
  },
})
