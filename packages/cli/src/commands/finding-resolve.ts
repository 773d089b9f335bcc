import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { requiredWords } from '../framework/required-words.ts'

export const command = defineCommand({
  positionals: [{ name: 'finding', summary: 'the finding (fd_…)' }],
  options: { explanation: { type: 'text', summary: 'what happened; what the system made hard' } },
  notes: ['The finding stays on record and its review stays due.'],
  examples: [
    {
      line: 'breakglass finding resolve fd_01hz3v8k2m4n6p8q0r2s4t6v8w --explanation "The mirror job pushed past the hook; it now goes through the server"',
      words: 'explain a finding',
    },
  ],
  exits: [1, 3, 4, 5, 6],
  async run(context, { positionals: [id = ''], options }) {
    const asked = { flag: 'explanation', question: 'What happened?' }
    const explanation = await requiredWords(context, options.explanation, asked)
    const { client } = await connect(context)
    const finding = await client.call(contract.resolveFinding, { params: { id }, body: { explanation } })
    if (context.out.json) context.out.document(finding)
    const review = finding.review === undefined ? '' : ` Its review ${finding.review} stays due.`
    context.out.lines(`${finding.id} is ${finding.state}.${review}`)
    return 0
  },
})
