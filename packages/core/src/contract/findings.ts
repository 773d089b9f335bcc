import { z } from 'zod'
import { idOf } from '../ids.ts'
import { endpoint } from './endpoint.ts'
import { commit, gateName, instant, personRef, repositoryRef, sentence } from './shapes.ts'

export const findingView = z.strictObject({
  id: idOf('finding'),
  kind: z.enum(['landed_without_hook', 'unreported_use', 'late_use']),
  confidence: z.enum(['certain', 'likely']),
  repository: repositoryRef,
  ref: z.string(),
  old: commit.optional(),
  new: commit.optional(),
  gates: z.array(gateName),
  /** The protection was off at that moment. */
  whileOff: z.boolean(),
  detectedAt: instant,
  state: z.enum(['open', 'resolved']),
  resolution: z.string().optional(),
  review: idOf('review').optional(),
})
export type FindingView = z.infer<typeof findingView>

export const driftView = z.strictObject({
  point: z.strictObject({ id: idOf('point'), name: z.string() }),
  repository: repositoryRef,
  what: z.enum(['hook_missing', 'hook_changed', 'watcher_silent', 'rule_off', 'rule_weaker']),
  /** Where the forge's rules tell them apart; absent: whatever stands there. */
  gates: z.array(gateName).optional(),
  since: instant,
  until: instant.optional(),
  owner: z.array(personRef),
  landingsWhileOff: z.int(),
})

export const listFindings = endpoint({
  id: 'listFindings',
  method: 'get',
  path: '/findings',
  summary: 'Bypasses that were found, and protection that is or was off.',
  tag: 'findings',
  access: 'person',
  reply: z.strictObject({ findings: z.array(findingView), drift: z.array(driftView) }),
})

export const resolveFinding = endpoint({
  id: 'resolveFinding',
  method: 'post',
  path: '/findings/{id}/resolve',
  summary: 'Explain a finding. Its review stays due.',
  tag: 'findings',
  access: 'person',
  params: z.strictObject({ id: idOf('finding') }),
  body: z.strictObject({ explanation: sentence }),
  reply: findingView,
  errors: ['wrong_state', 'refused', 'admin_may_not'],
})
