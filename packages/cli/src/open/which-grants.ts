import { contract, type GrantView } from '@breakglass/core/contract'
import type { GrantState } from '@breakglass/core/grant'
import { BreakglassError } from '@breakglass/core/errors'
import type { Client } from '../client/client.ts'

/** A grant by its id, or all grants of a request (`rq_…`) that are in one of these states. Throws `not_found`. */
export async function whichGrants(client: Client, id: string, states: readonly GrantState[]): Promise<GrantView[]> {
  if (!id.startsWith('rq_')) return [await client.call(contract.showGrant, { params: { id } })]
  const lists = await Promise.all(
    states.map(state => client.call(contract.listGrants, { query: { state, limit: '500' } })),
  )
  const found = lists.flatMap(({ grants }) => grants).filter(({ request }) => request === id)
  if (found.length > 0) return found
  throw new BreakglassError('not_found', {
    message: `No grant of ${id} is ${states.join(' or ')}.`,
    data: { next: 'breakglass status lists what is open and what waits' },
  })
}
