import type { Json } from '../canonical-json.ts'
import type { Digest } from '../digest.ts'
import type { Parsed } from '../fault.ts'
import { boolean, id, list, object, oneOf, type Shape } from '../shape.ts'
import { commitment, type DocumentRef, documentRef, parseBody } from './parts.ts'
import { checkScope, type Scope, scope } from './scope.ts'

/** docs/formats/grant.md "Body of `glass.granted`". */
export interface GrantedBody {
  actor: string
  approvers: string[]
  incident?: { id: string; severity: string; verified: boolean }
  justification: { commit: Digest }
  reasons: DocumentRef
  request: string
  roster: DocumentRef
  scope: Scope
  secondPerson: 'not_needed' | 'approved' | 'went_solo'
}

const approversMax = 32

const grantedBody: Shape<GrantedBody> = object(
  {
    actor: id('p'),
    approvers: list(id('p'), { max: approversMax }),
    justification: commitment,
    reasons: documentRef,
    request: id('rq'),
    roster: documentRef,
    scope,
    secondPerson: oneOf('not_needed', 'approved', 'went_solo'),
  },
  { incident: object({ id: id('in'), severity: oneOf('SEV1', 'SEV2', 'SEV3', 'SEV4', 'SEV5'), verified: boolean }) },
)

/** Codes: `bad_body`, `unknown_member`, `ttl_too_long`. */
export function parseGrantedBody(body: Json): Parsed<GrantedBody> {
  return parseBody(body, 'body', grantedBody, value => checkScope(value.scope, 'body.scope'))
}
