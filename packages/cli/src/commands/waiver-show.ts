import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { waiverLines } from '../views/waiver.ts'

export const command = defineCommand({
  positionals: [{ name: 'waiver', summary: 'the waiver (wv_…)' }],
  options: {},
  examples: [{ line: 'breakglass waiver show wv_01hz3v8k2m4n6p8q0r2s4t6v8w', words: 'everything about it' }],
  exits: [3, 4, 6],
  async run(context, { positionals: [id = ''] }) {
    const { client } = await connect(context)
    const waiver = await client.call(contract.showWaiver, { params: { id } })
    if (context.out.json) context.out.document(waiver)
    context.out.lines(...waiverLines(waiver))
    return 0
  },
})
