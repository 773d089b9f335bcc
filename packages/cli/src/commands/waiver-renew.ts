import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { requiredWords } from '../framework/required-words.ts'
import { waiverLines } from '../views/waiver.ts'

export const command = defineCommand({
  positionals: [{ name: 'waiver', summary: 'the waiver (wv_…) that ends, or has ended' }],
  options: {
    for: { type: 'duration', value: 'TIME', summary: 'how long; absent: as long as the last one' },
    reason: { type: 'text', summary: 'why it is still needed' },
  },
  notes: [
    'A renewal is approved like the first one, and opens a review. The program says how often a waiver is renewed.',
  ],
  examples: [
    {
      line: 'breakglass waiver renew wv_01hz3v8k2m4n6p8q0r2s4t6v8w --reason "4.2 slipped a month"',
      words: 'ask for the same again',
    },
  ],
  exits: [1, 3, 4, 5, 6],
  async run(context, { positionals: [id = ''], options }) {
    const reason = await requiredWords(context, options.reason, { flag: 'reason', question: 'Why is it still needed?' })
    const { client } = await connect(context)
    const last = await client.call(contract.showWaiver, { params: { id } })
    const places = last.places.map(({ repository, ref }) => ({ repository: repository.name, ref }))
    const body = { gate: last.gate, places, reason, seconds: options.for ?? last.seconds, owner: last.owner.id }
    const waiver = await client.call(contract.requestWaiver, { body })
    if (context.out.json) context.out.document(waiver)
    context.out.lines(...waiverLines(waiver))
    return 0
  },
})
