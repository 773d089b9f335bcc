import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { whichProgram } from '../client/which-program.ts'
import { defineCommand } from '../framework/command.ts'
import { versionLines } from '../views/program.ts'

export const command = defineCommand({
  positionals: [{ name: 'digest', summary: 'the proposed version: its digest or the beginning of it' }],
  options: {},
  examples: [
    { line: 'breakglass program withdraw sha256:3fa9c0d1', words: 'take back a proposal before it takes effect' },
  ],
  exits: [3, 4, 5, 6],
  async run(context, { positionals: [given = ''] }) {
    const { client } = await connect(context)
    const { digest } = await whichProgram(client, given)
    const version = await client.call(contract.withdrawProgram, { params: { digest } })
    if (context.out.json) context.out.document(version)
    context.out.lines(...versionLines(version, serverNow(context, client)))
    return 0
  },
})
