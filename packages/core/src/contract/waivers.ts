import { z } from 'zod'
import { idOf } from '../ids.ts'
import { endpoint } from './endpoint.ts'
import { digest, gateName, instant, ledgerPlace, personRef, repositoryRef, sentence } from './shapes.ts'

const placesMax = 20
const secondsMax = 90 * 86_400

export const waiverView = z.strictObject({
  id: idOf('waiver'),
  /** As of `now`; what enforcement points read in the signed statement, to the same instant. */
  standing: z.enum(['requested', 'granting', 'live', 'expired', 'declined', 'withdrawn', 'void', 'ended']),
  gate: gateName,
  places: z.array(z.strictObject({ repository: repositoryRef, ref: z.string(), ledger: ledgerPlace.optional() })),
  requester: personRef,
  /** Who answers for it. */
  owner: personRef,
  /** `null`: the text was erased. */
  reason: z.string().nullable(),
  seconds: z.int(),
  requestedAt: instant,
  grantedAt: instant.optional(),
  expiresAt: instant.optional(),
  endedAt: instant.optional(),
  /** Since when the gate has been waived here, renewed or filed anew. */
  since: instant,
  /** How many came before it in that row. */
  renewals: z.int(),
  approvers: z.array(personRef),
  approvalsNeeded: z.int(),
  mayApprove: z.array(personRef),
  program: digest,
  review: idOf('review').optional(),
})
export type WaiverView = z.infer<typeof waiverView>

const byId = z.strictObject({ id: idOf('waiver') })

export const requestWaiver = endpoint({
  id: 'requestWaiver',
  method: 'post',
  path: '/waivers',
  summary:
    'Ask for a registered temporary exception from one gate. It holds nothing before the gate’s owner approves it.',
  tag: 'waivers',
  access: 'person',
  body: z.strictObject({
    gate: gateName,
    places: z
      .array(z.strictObject({ repository: z.string(), ref: z.string() }))
      .min(1)
      .max(placesMax),
    reason: sentence,
    seconds: z.int().min(1).max(secondsMax),
    /** Absent: whoever asks. */
    owner: z.string().max(254).optional(),
  }),
  reply: waiverView,
  errors: ['refused', 'admin_may_not', 'no_program', 'not_found', 'unknown_person', 'already_exists'],
})

export const listWaivers = endpoint({
  id: 'listWaivers',
  method: 'get',
  path: '/waivers',
  summary: 'Waivers: those that hold or wait, the oldest chain first; with `all`, ended ones behind them.',
  tag: 'waivers',
  access: 'person',
  query: z.strictObject({ all: z.literal('1').optional() }),
  reply: z.strictObject({ now: instant, waivers: z.array(waiverView) }),
})

export const showWaiver = endpoint({
  id: 'showWaiver',
  method: 'get',
  path: '/waivers/{id}',
  summary: 'One waiver.',
  tag: 'waivers',
  access: 'person',
  params: byId,
  reply: waiverView,
  errors: ['not_found'],
})

export const approveWaiver = endpoint({
  id: 'approveWaiver',
  method: 'post',
  path: '/waivers/{id}/approve',
  summary: 'Approve it as the gate’s owner; with the last approval it is logged, and holds with its proof.',
  tag: 'waivers',
  access: 'person',
  params: byId,
  reply: waiverView,
  errors: ['not_found', 'wrong_state', 'refused', 'admin_may_not', 'no_program', 'ledger_unavailable'],
})

export const declineWaiver = endpoint({
  id: 'declineWaiver',
  method: 'post',
  path: '/waivers/{id}/decline',
  summary: 'Say no to it as the gate’s owner, or withdraw it as who asked.',
  tag: 'waivers',
  access: 'person',
  params: byId,
  body: z.strictObject({ reason: sentence }),
  reply: waiverView,
  errors: ['not_found', 'wrong_state', 'refused', 'admin_may_not'],
})

export const endWaiver = endpoint({
  id: 'endWaiver',
  method: 'post',
  path: '/waivers/{id}/end',
  summary: 'End it before its time, as its owner, who asked, or the gate’s owner.',
  tag: 'waivers',
  access: 'person',
  params: byId,
  body: z.strictObject({ reason: sentence }),
  reply: waiverView,
  errors: ['not_found', 'wrong_state', 'refused', 'admin_may_not'],
})
