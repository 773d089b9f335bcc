import { contract } from '@breakglass/core/contract'
import { fullRef, parseChangeRef } from '../change-ref.ts'
import { connect } from '../client/connect.ts'
import { parseInstant } from '../evidence/period.ts'
import { defineCommand } from '../framework/command.ts'
import { askYesNo, mayAsk } from '../framework/prompt.ts'
import { requiredWords } from '../framework/required-words.ts'
import { usageError } from '../framework/usage-error.ts'
import { disclosureLines } from '../views/disclosure.ts'

export const command = defineCommand({
  positionals: [{ name: 'landing', summary: 'owner/name@COMMIT: what the branch was moved to' }],
  options: {
    ref: { type: 'text', value: 'BRANCH', summary: 'the branch it landed on; absent: main' },
    gate: { type: 'list', value: 'GATE', summary: 'which gate was gone around; absent: all that were in force' },
    at: { type: 'text', value: 'INSTANT', summary: 'when it landed, a day or an instant; absent: just now' },
    seen: { type: 'flag', summary: 'it was not yours: you saw it. Nobody is named' },
    story: { type: 'text', summary: 'what happened, and what made the safe path unusable' },
    share: { type: 'flag', summary: 'story and your name may be shown to everybody; absent: to the gate’s owners' },
  },
  notes: [
    'Thank you: a bypass that is told of is one the program can learn from. It is reviewed like any other, without blame, and is in no person’s pattern.',
    'What was found already is explained where it was found: breakglass finding resolve.',
  ],
  examples: [
    {
      line: 'breakglass disclose acme/payments@4f2a91c05e6d7b8091a2b3c4d5e6f708192a3b4c --story "Pushed past the hook by ssh to the git host; the hook hung for ten minutes"',
      words: 'tell of your own',
    },
    {
      line: 'breakglass disclose acme/payments@4f2a91c05e6d7b8091a2b3c4d5e6f708192a3b4c --seen --gate payments/tests --at 2026-11-20T03:10:00Z --story "The mirror job pushes past the hook"',
      words: 'tell of what you saw',
    },
  ],
  exits: [1, 2, 3, 4, 5, 6],
  async run(context, { positionals: [landing = ''], options }) {
    const parsed = parseChangeRef(landing)
    if (parsed?.kind !== 'commit') {
      throw usageError('Expected owner/name@<commit> with the whole commit of 40 or 64 hex digits.')
    }
    const asked = { flag: 'story', question: 'What happened, and what made the safe path unusable?' }
    const story = await requiredWords(context, options.story, asked)
    const isShared =
      options.share || (mayAsk(context) && (await askYesNo(context, 'May everybody see the story and your name?')))
    const { client } = await connect(context)
    const told = await client.call(contract.disclose, {
      body: {
        about: options.seen ? 'seen' : 'own',
        repository: parsed.repository,
        ref: fullRef(options.ref ?? 'main'),
        commit: parsed.commit,
        ...(options.gate.length > 0 && { gates: options.gate }),
        ...(options.at !== undefined && { happenedAt: parseInstant(options.at, 'at') }),
        story,
        shared: isShared,
      },
    })
    if (context.out.json) context.out.document(told)
    const thanks = told.already
      ? 'It was told of before, and is on record.'
      : `Thank you. It counts as told of; its review is ${told.disclosure.review}.`
    context.out.lines(thanks, '', ...disclosureLines(told.disclosure))
    return 0
  },
})
