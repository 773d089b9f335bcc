import type { Role } from '@breakglass/core/decide'

/** Whose token came with a request. A token belongs to exactly one of these kinds. */
export type Caller =
  | { kind: 'person'; tokenId: string; person: string; roles: readonly Role[] }
  | { kind: 'point'; tokenId: string; point: string }
  | { kind: 'reporter'; tokenId: string; gate: string; repositoryKey: string }
