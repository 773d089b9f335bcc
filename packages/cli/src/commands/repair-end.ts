import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { requiredWords } from '../framework/required-words.ts'
import { usageError } from '../framework/usage-error.ts'
import { repairLines } from '../views/waiver.ts'

const outcomes = ['done', 'abandoned'] as const

export const command = defineCommand({
  positionals: [{ name: 'repair', summary: 'the repair (rp_…)' }],
  options: {
    outcome: { type: 'text', choices: outcomes, summary: 'how it ended' },
    note: { type: 'text', summary: 'how it went' },
  },
  examples: [
    {
      line: 'breakglass repair end rp_01hz3v8k2m4n6p8q0r2s4t6v8w --outcome done --note "The broker is faked; 400 runs without a flake"',
      words: 'its effect is measured from here on',
    },
  ],
  exits: [1, 2, 3, 4, 5, 6],
  async run(context, { positionals: [id = ''], options }) {
    const { outcome } = options
    if (outcome === undefined) throw usageError('--outcome is missing.', 'add --outcome done or --outcome abandoned')
    const note = await requiredWords(context, options.note, { flag: 'note', question: 'How did it go?' })
    const { client } = await connect(context)
    const repair = await client.call(contract.endRepair, { params: { id }, body: { outcome, note } })
    if (context.out.json) context.out.document(repair)
    context.out.lines(...repairLines(repair))
    return 0
  },
})
