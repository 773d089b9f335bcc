import type { GrantView } from '@breakglass/core/contract'
import type { GrantState } from '@breakglass/core/grant'
import type { Client } from '../client/client.ts'
import { connect, serverNow } from '../client/connect.ts'
import type { CommandContext } from '../framework/command.ts'
import { grantLines } from '../views/grant.ts'
import { whichGrants } from './which-grants.ts'

/** Does one thing to a grant, or to each grant of a request, and shows what became of them. */
export async function actOnGrants(
  context: CommandContext,
  given: { id: string; states: readonly GrantState[] },
  act: (client: Client, grant: GrantView) => Promise<GrantView>,
): Promise<GrantView[]> {
  const { client } = await connect(context)
  const done: GrantView[] = []
  // One after the other: when the third fails, the first two stand and are shown by `status`.
  for (const grant of await whichGrants(client, given.id, given.states)) done.push(await act(client, grant))
  if (context.out.json) context.out.document({ grants: done })
  for (const grant of done) context.out.lines(...grantLines(grant, serverNow(context, client)))
  return done
}
