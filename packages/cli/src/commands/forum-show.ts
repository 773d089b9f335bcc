import { contract } from '@breakglass/core/contract'
import { idOf } from '@breakglass/core/ids'
import { connect } from '../client/connect.ts'
import { forumLines } from '../forum/forum-view.ts'
import { reportFormats, writeReport } from '../forum/write-report.ts'
import { defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'

const isId = (text: string) => idOf('forum').safeParse(text).success || idOf('report').safeParse(text).success

export const command = defineCommand({
  positionals: [{ name: 'which', summary: 'a forum (fo_…) or a report (fr_…)' }],
  options: {
    format: { type: 'text', choices: reportFormats, summary: 'of its report; absent: by the file’s name, or terminal' },
    out: { type: 'text', value: 'FILE', summary: 'write the report there, readable by you alone' },
  },
  examples: [
    { line: 'breakglass forum show fo_01hz3v8k2m4n6p8q0r2s4t6v8w', words: 'what it decided, and the report it read' },
    {
      line: 'breakglass forum show fr_01hz3v8k2m4n6p8q0r2s4t6v8w --out report.html',
      words: 'a delivered report, for paper',
    },
  ],
  exits: [3, 4, 6],
  async run(context, { positionals: [which = ''], options }) {
    if (!isId(which)) throw usageError(`expected fo_… or fr_…, found ${which}`, 'breakglass forum list')
    const { client } = await connect(context)
    const { forum, report } = await client.call(contract.showForum, { params: { id: which } })
    if (context.out.json) context.out.document({ ...(forum && { forum }), report })
    const isPlain = options.out === undefined && (options.format ?? 'terminal') === 'terminal'
    if (forum !== undefined && isPlain) context.out.lines(...forumLines(forum), '')
    await writeReport(context, report, options)
    return 0
  },
})
