import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { requiredWords } from '../framework/required-words.ts'
import { waiverLines } from '../views/waiver.ts'

export const command = defineCommand({
  positionals: [{ name: 'waiver', summary: 'the waiver (wv_…)' }],
  options: { reason: { type: 'text', summary: 'why' } },
  examples: [
    {
      line: 'breakglass waiver decline wv_01hz3v8k2m4n6p8q0r2s4t6v8w --reason "The new linter is out"',
      words: 'say no, as the gate’s owner',
    },
  ],
  exits: [1, 3, 4, 5, 6],
  async run(context, { positionals: [id = ''], options }) {
    const reason = await requiredWords(context, options.reason, { flag: 'reason', question: 'Why?' })
    const { client } = await connect(context)
    const waiver = await client.call(contract.declineWaiver, { params: { id }, body: { reason } })
    if (context.out.json) context.out.document(waiver)
    context.out.lines(...waiverLines(waiver))
    return 0
  },
})
