import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { repairLines } from '../views/waiver.ts'

export const command = defineCommand({
  positionals: [{ name: 'repair', summary: 'the repair (rp_…)' }],
  options: {},
  examples: [{ line: 'breakglass repair show rp_01hz3v8k2m4n6p8q0r2s4t6v8w', words: 'everything about it' }],
  exits: [3, 4, 6],
  async run(context, { positionals: [id = ''] }) {
    const { client } = await connect(context)
    const repair = await client.call(contract.showRepair, { params: { id } })
    if (context.out.json) context.out.document(repair)
    context.out.lines(...repairLines(repair))
    return 0
  },
})
