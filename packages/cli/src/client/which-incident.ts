import { listIncidents } from '@breakglass/core/contract/incidents'
import type { CommandContext } from '../framework/command.ts'
import type { Client } from './client.ts'

/** What `--incident` says to leave it out. */
export const noIncident = 'none'

/**
 * The incident a request is for: the one named; without a name the only one that is open, which is said aloud, because in an
 * emergency there is one and nobody looks up its id. `none`: none.
 */
export async function whichIncident(
  context: Pick<CommandContext, 'out'>,
  client: Client,
  given: string | undefined,
): Promise<string | undefined> {
  if (given === noIncident) return undefined
  if (given !== undefined) return given
  const { incidents } = await client.call(listIncidents, {})
  const [only, ...others] = incidents.filter(({ state }) => state === 'open')
  if (only === undefined || others.length > 0) return undefined
  context.out.note(
    `note: for the incident that is open, ${only.severity} ${only.title ?? only.id}; --incident none leaves it out`,
  )
  return only.id
}
