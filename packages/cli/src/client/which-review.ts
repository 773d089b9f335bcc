import { contract, type ReviewView } from '@breakglass/core/contract'
import { usageError } from '../framework/usage-error.ts'
import type { Client } from './client.ts'

/**
 * The review that is meant: the one named; without a name the only one that waits for this person to `answer` or `sign` it.
 * Throws `usage` with the list when there are several, or none.
 */
export async function whichReview(client: Client, given: string | undefined, verb: 'answer' | 'sign'): Promise<string> {
  if (given !== undefined) return given
  const { person } = await client.call(contract.whoami, {})
  const { reviews } = await client.call(contract.listReviews, { query: { mine: 'true' } })
  const isTheirs = (review: ReviewView) => review.actor?.id === person.id
  const waiting = reviews.filter(review => (verb === 'answer' ? isTheirs(review) : !isTheirs(review)))
  const [only, ...others] = waiting
  if (only === undefined) throw usageError(`No review waits for you to ${verb} it.`, 'breakglass review list')
  if (others.length === 0) return only.id
  const named = waiting.map(({ id, gate }) => `${id} (${gate})`)
  throw usageError(`Which review? These wait for you: ${named.join(', ')}.`, `breakglass review ${verb} ${only.id}`)
}
