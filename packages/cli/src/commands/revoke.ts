import { contract } from '@breakglass/core/contract'
import { relativeTime, shortInstant, style } from '@breakglass/report'
import { connect, serverNow } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { requiredWords } from '../framework/required-words.ts'
import { grantLines } from '../views/grant.ts'

export const command = defineCommand({
  positionals: [{ name: 'grant', summary: 'the open grant (g_…)' }],
  options: { reason: { type: 'text', summary: 'why it ends now' } },
  notes: [
    'An offline grant cannot be called back: the answer says where and until when it may still open. That is exit 1.',
  ],
  examples: [
    {
      line: 'breakglass revoke g_01hz3v8k2m4n6p8q0r2s4t6v8w --reason "Fixed another way"',
      words: 'shut an open gate now',
    },
  ],
  exits: [1, 3, 4, 5, 6],
  async run(context, { positionals: [id = ''], options }) {
    const reason = await requiredWords(context, options.reason, { flag: 'reason', question: 'Why does it end now?' })
    const { client } = await connect(context)
    const { grant, stillOpen } = await client.call(contract.revokeGrant, { params: { id }, body: { reason } })
    const now = serverNow(context, client)
    if (context.out.json) context.out.document({ grant, stillOpen })
    context.out.lines(
      ...grantLines(grant, now),
      ...stillOpen.map(({ at, until }) =>
        style.red(
          `MAY STILL OPEN at ${at} until ${shortInstant(until)} (${relativeTime(until, now)}): that point does not ask`,
        ),
      ),
      ...(grant.state === 'revoked' && stillOpen.length === 0
        ? [`${grant.at.name} has still to say that it is shut: seconds, and an alarm after five minutes.`]
        : []),
    )
    return stillOpen.length === 0 ? 0 : 1
  },
})
