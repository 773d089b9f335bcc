import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'

export const command = defineCommand({
  positionals: [{ name: 'point', summary: 'the enforcement point (pt_…)' }],
  options: {},
  notes: [
    'Its credential stops at once, and a new trust.json ends its key by ledger index: carry that file to where the old one is pinned.',
    'What it reported before stays. A gate it stood at is enforced by nobody until another point is installed.',
  ],
  examples: [
    { line: 'breakglass point end pt_01hz3v8k2m4n6p8q0r2s4t6v8w', words: 'a git server is gone, a key was copied' },
  ],
  exits: [3, 4, 5, 6],
  async run(context, { positionals: [id = ''] }) {
    const { client } = await connect(context)
    const point = await client.call(contract.endPoint, { params: { id } })
    if (context.out.json) context.out.document(point)
    context.out.lines(
      `${point.name} (${point.id}) has ended; its credential stopped working.`,
      'A new trust.json ends its key: compare it and pin it where the old one is.',
    )
    return 0
  },
})
