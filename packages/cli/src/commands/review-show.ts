import { contract } from '@breakglass/core/contract'
import { connect, serverNow } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { reviewLines } from '../views/review.ts'

export const command = defineCommand({
  positionals: [{ name: 'review', summary: 'the review (rv_…)' }],
  options: {},
  examples: [
    { line: 'breakglass review show rv_01hz3v8k2m4n6p8q0r2s4t6v8w', words: 'what is known, what was told, who signed' },
  ],
  exits: [3, 4, 6],
  async run(context, { positionals: [id = ''] }) {
    const { client } = await connect(context)
    const review = await client.call(contract.showReview, { params: { id } })
    if (context.out.json) context.out.document(review)
    context.out.lines(...reviewLines(review, serverNow(context, client)))
    return 0
  },
})
