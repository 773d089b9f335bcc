import { contract } from '@breakglass/core/contract'
import { parseChangeRef } from '../change-ref.ts'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'

export const command = defineCommand({
  positionals: [
    { name: 'incident', summary: 'the incident (in_…), open or resolved' },
    { name: 'landing', summary: 'owner/name@COMMIT: what the branch was moved to' },
  ],
  options: { withdraw: { type: 'flag', summary: 'it was not the cause after all' } },
  notes: [
    'Names a change, never a person. It tells what a gate buys: how often what went around it did harm, and what passed it.',
  ],
  examples: [
    {
      line: 'breakglass incident cause in_01hz3v8k2m4n6p8q0r2s4t6v8w acme/payments@4f2a91c05e6d7b8091a2b3c4d5e6f708192a3b4c',
      words: 'what the review of the incident found',
    },
    {
      line: 'breakglass incident cause in_01hz3v8k2m4n6p8q0r2s4t6v8w acme/payments@4f2a91c05e6d7b8091a2b3c4d5e6f708192a3b4c --withdraw',
      words: 'it was another one',
    },
  ],
  exits: [2, 3, 4, 6],
  async run(context, { positionals: [id = '', landing = ''], options: { withdraw: withdrawn } }) {
    const parsed = parseChangeRef(landing)
    if (parsed?.kind !== 'commit') {
      throw usageError('Expected owner/name@<commit> with the whole commit of 40 or 64 hex digits.')
    }
    const { client } = await connect(context)
    const { repository, commit } = parsed
    const told = await client.call(contract.nameCause, { params: { id }, body: { repository, commit, withdrawn } })
    if (context.out.json) context.out.document(told)
    const stands = withdrawn ? 'is no cause' : 'is on record as a cause'
    context.out.lines(
      `${landing} ${stands} of ${id}.${told.already ? ' It stood so before.' : ''}`,
      ...(told.landings === 0 && !withdrawn
        ? ['No landing is known that ends at this commit, so no number counts it: name what the branch was moved to.']
        : []),
    )
    return 0
  },
})
