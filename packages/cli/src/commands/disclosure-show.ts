import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { disclosureLines } from '../views/disclosure.ts'

export const command = defineCommand({
  positionals: [{ name: 'disclosure', summary: 'the disclosure (ds_…)' }],
  options: {},
  examples: [{ line: 'breakglass disclosure show ds_01hz3v8k2m4n6p8q0r2s4t6v8w', words: 'one of them' }],
  exits: [3, 4, 6],
  async run(context, { positionals: [id = ''] }) {
    const { client } = await connect(context)
    const disclosure = await client.call(contract.showDisclosure, { params: { id } })
    if (context.out.json) context.out.document(disclosure)
    context.out.lines(...disclosureLines(disclosure))
    return 0
  },
})
