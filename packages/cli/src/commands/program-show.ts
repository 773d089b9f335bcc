import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { whichProgram } from '../client/which-program.ts'
import { defineCommand } from '../framework/command.ts'
import { changeLines, versionLines } from '../views/program.ts'

export const command = defineCommand({
  positionals: [
    {
      name: 'which',
      summary: 'a digest, the beginning of one, or a version; absent: the one in force',
      optional: true,
    },
  ],
  options: {
    text: { type: 'flag', summary: 'only the program’s own text, exactly' },
    resolved: { type: 'flag', summary: 'only what the rules decide on, exactly' },
  },
  examples: [
    { line: 'breakglass program show', words: 'the program in force' },
    { line: 'breakglass program show sha256:3fa9c0d1 --text', words: 'the text of another version' },
  ],
  exits: [3, 4, 5, 6],
  async run(context, { positionals: [given], options }) {
    const { client } = await connect(context)
    const which = given === undefined ? 'current' : (await whichProgram(client, given)).digest
    const shown = await client.call(contract.showProgram, { params: { which } })
    if (context.out.json) context.out.document(shown)
    else if (options.text) context.out.raw(shown.text)
    else if (options.resolved) context.out.raw(shown.resolved)
    else {
      const { version, text } = shown
      context.out.lines(
        ...versionLines(version, serverNow(context, client)),
        ...changeLines(version.changes),
        '',
        ...text.trimEnd().split('\n'),
      )
    }
    return 0
  },
})
