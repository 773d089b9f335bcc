import { contract } from '@breakglass/core/contract'
import { facts, relativeTime, shortInstant } from '@breakglass/report'
import { connect, serverNow } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'

export const command = defineCommand({
  positionals: [],
  options: {},
  examples: [
    { line: 'breakglass whoami', words: 'who you are here, and which gates you may break' },
    { line: 'breakglass whoami --as work --json', words: 'another profile, for a script' },
  ],
  exits: [3, 6],
  async run(context) {
    const { client } = await connect(context)
    const who = await client.call(contract.whoami, {})
    if (context.out.json) context.out.document({ server: client.server, ...who })
    const { person, groups, mayBreak, mayReview, isOwner, tokenExpiresAt } = who
    const now = serverNow(context, client)
    context.out.lines(
      ...facts([
        ['person', `${person.name} (${person.id})`],
        ['accounts', person.accounts.map(({ issuer, subject }) => `${issuer}:${subject}`).join(', ') || undefined],
        ['roles', person.roles.join(', ') || 'none'],
        ['groups', groups.join(', ') || 'none in the program in force'],
        ['may break', mayBreak.join(', ') || 'no gate'],
        ['may review', mayReview ? 'yes' : 'no'],
        ['owner', isOwner ? 'yes: may publish and sign program changes' : 'no'],
        ['server', client.server],
        ['token', `until ${shortInstant(tokenExpiresAt)} (${relativeTime(tokenExpiresAt, now)})`],
      ]),
    )
    return 0
  },
})
