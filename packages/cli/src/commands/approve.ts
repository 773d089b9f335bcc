import { contract } from '@breakglass/core/contract'
import { grantCan } from '@breakglass/core/grant'
import { defineCommand } from '../framework/command.ts'
import { actOnGrants } from '../open/act-on-grants.ts'

export const command = defineCommand({
  positionals: [{ name: 'grant', summary: 'the waiting grant (g_…), or a request (rq_…) for all its grants' }],
  options: {},
  notes: [
    'You become the second person, on the record. The decision is made again with fresh facts, so it may still be refused.',
  ],
  examples: [
    { line: 'breakglass approve g_01hz3v8k2m4n6p8q0r2s4t6v8w', words: 'approve one grant' },
    { line: 'breakglass approve rq_01hz3v8k2m4n6p8q0r2s4t6v8w --json', words: 'approve all grants of a request' },
  ],
  exits: [1, 3, 4, 5, 6, 7],
  async run(context, { positionals: [id = ''] }) {
    const approved = await actOnGrants(context, { id, states: grantCan.approve.states }, (client, grant) =>
      client.call(contract.approveGrant, { params: { id: grant.id } }),
    )
    return approved.every(({ state }) => state !== 'refused' && state !== 'void') ? 0 : 1
  },
})
