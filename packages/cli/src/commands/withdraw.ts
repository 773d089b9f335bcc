import { contract } from '@breakglass/core/contract'
import { grantCan } from '@breakglass/core/grant'
import { defineCommand } from '../framework/command.ts'
import { actOnGrants } from '../open/act-on-grants.ts'

export const command = defineCommand({
  positionals: [{ name: 'grant', summary: 'your waiting grant (g_…), or a request (rq_…) for all its grants' }],
  options: {},
  examples: [
    { line: 'breakglass withdraw g_01hz3v8k2m4n6p8q0r2s4t6v8w', words: 'no longer needed: take the request back' },
  ],
  exits: [3, 4, 5, 6],
  async run(context, { positionals: [id = ''] }) {
    await actOnGrants(context, { id, states: grantCan.withdraw.states }, (client, grant) =>
      client.call(contract.withdrawGrant, { params: { id: grant.id } }),
    )
    return 0
  },
})
