import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { whichProgram } from '../client/which-program.ts'
import { defineCommand } from '../framework/command.ts'
import { changeLines, versionLines } from '../views/program.ts'

export const command = defineCommand({
  positionals: [{ name: 'digest', summary: 'the proposed version: its digest or the beginning of it' }],
  options: {},
  notes: ['Signs a widening as the second program owner. What it changes is printed with it.'],
  examples: [{ line: 'breakglass program approve sha256:3fa9c0d1', words: 'sign what another owner proposed' }],
  exits: [3, 4, 5, 6],
  async run(context, { positionals: [given = ''] }) {
    const { client } = await connect(context)
    const { digest, changes } = await whichProgram(client, given)
    context.out.lines('You sign these changes:', ...changeLines(changes), '')
    const version = await client.call(contract.approveProgram, { params: { digest } })
    if (context.out.json) context.out.document(version)
    context.out.lines(...versionLines(version, serverNow(context, client)))
    return 0
  },
})
