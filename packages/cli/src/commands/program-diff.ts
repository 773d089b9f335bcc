import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { programFileDefault, readProgramFiles } from '../program/read-files.ts'
import { changeLines, remarkLines } from '../views/program.ts'

export const command = defineCommand({
  positionals: [{ name: 'file', summary: `the program; absent: ${programFileDefault}`, optional: true }],
  options: {},
  notes: ['Compares with the program in force, and checks against what is registered at the server. Changes nothing.'],
  examples: [
    { line: 'breakglass program diff', words: `what ${programFileDefault} would widen or narrow` },
    { line: 'breakglass program diff ops/breakglass.yaml --json', words: 'for a script' },
  ],
  exits: [1, 3, 4, 6],
  async run(context, { positionals: [given] }) {
    const files = await readProgramFiles(context, given)
    const { client } = await connect(context)
    const checked = await client.call(contract.checkProgram, { body: files })
    if (context.out.json) context.out.document(checked)
    const { ok, remarks, changes = [] } = checked
    context.out.lines(
      ...remarkLines(remarks),
      ...changeLines(changes),
      ok ? verdicts[checked.class ?? 'neutral'] : 'This program has errors and could not be published.',
    )
    return ok ? 0 : 1
  },
})

const verdicts = {
  first: 'This would be the first program.',
  narrowing: 'This would be a narrowing change: in force as soon as it is logged.',
  widening: 'This would be a widening change: it needs a second owner’s signature and the delay.',
  neutral: 'This would change nothing that the rules decide on.',
} as const
