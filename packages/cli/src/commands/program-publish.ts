import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { programFileDefault, readProgramFiles } from '../program/read-files.ts'
import { sourceOf } from '../program/source.ts'
import { changeLines, remarkLines, versionLines } from '../views/program.ts'

export const command = defineCommand({
  positionals: [{ name: 'file', summary: `the program; absent: ${programFileDefault}`, optional: true }],
  options: {},
  notes: [
    'What narrows takes effect at once, as soon as it is logged. What widens waits for a second owner’s signature and the delay.',
    'A file that is committed as it is, on a branch, is logged with its repository and commit.',
  ],
  examples: [
    { line: 'breakglass program publish', words: `publish ${programFileDefault}` },
    { line: 'breakglass program publish ops/breakglass.yaml --json', words: 'another file' },
  ],
  exits: [1, 3, 4, 6],
  async run(context, { positionals: [given = programFileDefault] }) {
    const files = await readProgramFiles(context, given)
    const source = await sourceOf(context, given)
    const { client } = await connect(context)
    const body = { ...files, ...(source === undefined ? {} : { source }) }
    const { version, remarks } = await client.call(contract.publishProgram, { body })
    if (context.out.json) context.out.document({ version, remarks })
    context.out.lines(
      ...remarkLines(remarks),
      ...changeLines(version.changes),
      ...versionLines(version, serverNow(context, client)),
    )
    if (version.approvalsNeeded > version.approvers.length) {
      context.out.lines(`  next        another owner runs: breakglass program approve ${version.digest.slice(0, 19)}`)
    }
    return 0
  },
})
