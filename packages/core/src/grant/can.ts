import { edgeNamed, type GrantEdgeName, type GrantState } from './edges.ts'

interface Claim {
  (grant: { state: GrantState }): boolean
  /** For the `where` of a statement, and for pages that say why a button is off. */
  readonly states: readonly GrantState[]
}

/**
 * What may be done with a grant in its state, as claims: `grantCan.revoke(grant)`. Who may do it is the guard of the
 * edge and stands beside it in `grantEdges`.
 */
export const grantCan = {
  approve: claim('approve'),
  decline: claim('decline'),
  withdraw: claim('withdraw'),
  goSolo: claim('go solo'),
  revoke: claim('revoke'),
  use: claim('use', 'exhaust'),
  expire: claim('expire'),
  shut: claim('shut expired', 'shut revoked', 'shut exhausted'),
} as const

function claim(...names: GrantEdgeName[]): Claim {
  const states = [...new Set(names.map(name => edgeNamed(name).from))].filter(state => state !== 'nothing')
  return Object.assign((grant: { state: GrantState }) => states.includes(grant.state), { states })
}
