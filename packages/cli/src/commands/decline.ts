import { contract } from '@breakglass/core/contract'
import { grantCan } from '@breakglass/core/grant'
import { defineCommand } from '../framework/command.ts'
import { requiredWords } from '../framework/required-words.ts'
import { actOnGrants } from '../open/act-on-grants.ts'

export const command = defineCommand({
  positionals: [{ name: 'grant', summary: 'the waiting grant (g_…), or a request (rq_…) for all its grants' }],
  options: { reason: { type: 'text', summary: 'words for whoever asked' } },
  examples: [
    {
      line: 'breakglass decline g_01hz3v8k2m4n6p8q0r2s4t6v8w --reason "The runner is back: push again, the check passes"',
      words: 'say no, and why',
    },
  ],
  exits: [3, 4, 5, 6],
  async run(context, { positionals: [id = ''], options }) {
    const reason = await requiredWords(context, options.reason, {
      flag: 'reason',
      question: 'Why not? (whoever asked reads this)',
    })
    await actOnGrants(context, { id, states: grantCan.decline.states }, (client, grant) =>
      client.call(contract.declineGrant, { params: { id: grant.id }, body: { reason } }),
    )
    return 0
  },
})
