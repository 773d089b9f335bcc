import { z } from 'zod'
import { grantStates } from '../grant/edges.ts'
import { idOf } from '../ids.ts'
import { endpoint } from './endpoint.ts'
import { change, decisionView, gateName, gateStanding, grantView, repositoryRef, sentence, text } from './shapes.ts'

/** What a person names when breaking glass. The repository is by name here; everything that lasts carries its id. */
export const glassRequest = z.strictObject({
  gates: z.array(gateName).min(1).max(20),
  repository: z.string().max(200),
  ref: z.string().max(250).optional(),
  change,
  /** The enforcement point; needed only where a repository has several for the boundary. */
  at: idOf('point').optional(),
  mode: z.enum(['online', 'offline']),
  incident: idOf('incident').optional(),
  ttlSeconds: z.int().min(60).max(86_400).optional(),
  justification: text(4000),
  /** E-mail addresses of the change's authors, as the commit says. */
  authors: z.array(z.string().max(254)).max(50).optional(),
})
export type GlassRequest = z.infer<typeof glassRequest>

export const explainGlass = endpoint({
  id: 'explainGlass',
  method: 'post',
  path: '/glass/explain',
  summary: 'What the program would say of this request, and why. Changes nothing.',
  tag: 'glass',
  access: 'person',
  body: glassRequest,
  reply: z.strictObject({ decisions: z.array(decisionView) }),
  errors: ['no_program', 'not_found'],
})

export const openGlass = endpoint({
  id: 'openGlass',
  method: 'post',
  path: '/glass',
  summary:
    'Break glass: one grant, one statement and one review per gate. Answers when the grant is live, waits, or was refused.',
  tag: 'glass',
  access: 'person',
  body: glassRequest,
  reply: z.strictObject({ request: idOf('request'), grants: z.array(grantView) }),
  errors: ['no_program', 'not_found', 'admin_may_not', 'ledger_unavailable', 'clock_wrong', 'too_many'],
})

export const listGrants = endpoint({
  id: 'listGrants',
  method: 'get',
  path: '/glass',
  summary: 'Grants, newest first.',
  tag: 'glass',
  access: 'person',
  query: z.strictObject({
    state: z.enum([...grantStates, 'open']).optional(),
    gate: gateName.optional(),
    limit: z.coerce.number().int().min(1).max(500).optional(),
  }),
  reply: z.strictObject({ grants: z.array(grantView) }),
})

const byId = z.strictObject({ id: idOf('grant') })

export const showGrant = endpoint({
  id: 'showGrant',
  method: 'get',
  path: '/glass/{id}',
  summary: 'One grant, with the reasons of its decision.',
  tag: 'glass',
  access: 'person',
  params: byId,
  reply: grantView,
})

export const approveGrant = endpoint({
  id: 'approveGrant',
  method: 'post',
  path: '/glass/{id}/approve',
  summary: 'Be the second person. The decision is made again with fresh facts.',
  tag: 'glass',
  access: 'person',
  params: byId,
  reply: grantView,
  errors: ['wrong_state', 'refused', 'admin_may_not', 'ledger_unavailable'],
})

export const declineGrant = endpoint({
  id: 'declineGrant',
  method: 'post',
  path: '/glass/{id}/decline',
  summary: 'Say no as the second person, with words for the requester.',
  tag: 'glass',
  access: 'person',
  params: byId,
  body: z.strictObject({ reason: sentence }),
  reply: grantView,
  errors: ['wrong_state', 'refused', 'admin_may_not'],
})

export const withdrawGrant = endpoint({
  id: 'withdrawGrant',
  method: 'post',
  path: '/glass/{id}/withdraw',
  summary: 'Take back an own request that still waits.',
  tag: 'glass',
  access: 'person',
  params: byId,
  reply: grantView,
  errors: ['wrong_state', 'refused'],
})

export const revokeGrant = endpoint({
  id: 'revokeGrant',
  method: 'post',
  path: '/glass/{id}/revoke',
  summary: 'End a live grant now. Says where and until when an offline grant may still open.',
  tag: 'glass',
  access: 'person',
  params: byId,
  body: z.strictObject({ reason: sentence }),
  reply: z.strictObject({
    grant: grantView,
    stillOpen: z.array(z.strictObject({ at: z.string(), until: z.string() })),
  }),
  errors: ['wrong_state', 'refused'],
})

export const grantProof = endpoint({
  id: 'grantProof',
  method: 'get',
  path: '/glass/{id}/proof',
  summary: 'The granted statement with its proof, in the carried form (docs/formats/grant.md).',
  tag: 'glass',
  access: 'anybody with a token',
  params: byId,
  reply: z.strictObject({ carried: z.string(), index: z.int() }),
  errors: ['wrong_state'],
})

export const blockedChange = endpoint({
  id: 'blockedChange',
  method: 'get',
  path: '/changes/blocked',
  summary: 'Which gates stand before this change, and the state of each.',
  tag: 'glass',
  access: 'anybody with a token',
  query: z.strictObject({ repository: z.string().max(200), ref: z.string().max(250), commit: z.string().max(80) }),
  reply: z.strictObject({
    repository: repositoryRef,
    ref: z.string(),
    commit: z.string(),
    gates: z.array(gateStanding),
  }),
  errors: ['no_program', 'not_found'],
})
