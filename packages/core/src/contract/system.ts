import { z } from 'zod'
import { idOf } from '../ids.ts'
import { endpoint } from './endpoint.ts'
import { findingView, driftView } from './findings.ts'
import { gateName, grantView, incidentView, instant } from './shapes.ts'

export const health = endpoint({
  id: 'health',
  method: 'get',
  path: '/health',
  summary: 'Whether the server, its store and its ledger answer.',
  tag: 'system',
  access: 'nobody',
  reply: z.strictObject({
    ok: z.boolean(),
    version: z.string(),
    now: instant,
    organization: idOf('organization'),
    store: z.enum(['sqlite', 'postgres']),
    ledger: z.strictObject({ reachable: z.boolean(), origin: z.string(), size: z.int().optional(), pending: z.int() }),
    founded: z.boolean(),
  }),
})

export const status = endpoint({
  id: 'status',
  method: 'get',
  path: '/status',
  summary: 'Now: open glass, what waits, alarms, drift, overdue reviews, ledger health, and what cannot be seen.',
  tag: 'system',
  access: 'person',
  reply: z.strictObject({
    now: instant,
    open: z.array(grantView),
    waiting: z.array(grantView),
    incidents: z.array(incidentView),
    alarms: z.array(z.strictObject({ id: idOf('alarm'), kind: z.string(), since: instant, words: z.string() })),
    notices: z.array(z.strictObject({ id: idOf('notice'), at: instant, words: z.string(), subject: z.string() })),
    drift: z.array(driftView),
    findings: z.array(findingView),
    reviews: z.strictObject({ due: z.int(), overdue: z.int() }),
    ledger: z.strictObject({
      reachable: z.boolean(),
      origin: z.string(),
      size: z.int().optional(),
      pending: z.int(),
      outOfBand: z.boolean(),
    }),
    /** Deliveries; absent where GitHub is not connected. */
    github: z
      .strictObject({
        lastAt: instant.optional(),
        unread: z.int(),
        events: z.array(z.strictObject({ event: z.string(), told: z.int(), ignored: z.int(), unknown: z.int() })),
        notUnderstood: z.array(z.strictObject({ event: z.string(), what: z.string(), n: z.int() })),
        refused: z.array(z.strictObject({ reason: z.string(), n: z.int(), lastAt: instant })),
        gaps: z.array(
          z.strictObject({
            why: z.enum(['not_running', 'busy', 'not_stored', 'stopping']),
            from: instant,
            to: instant,
            refused: z.int(),
          }),
        ),
      })
      .optional(),
    cannotSee: z.array(z.string()),
    program: z.strictObject({ version: z.int(), gates: z.array(gateName) }).optional(),
  }),
})

export const getTrust = endpoint({
  id: 'getTrust',
  method: 'get',
  path: '/trust',
  summary: 'The newest trust.json, to compare with a pinned one. Verifiers never fetch it by themselves.',
  tag: 'system',
  access: 'anybody with a token',
  reply: z.string(),
  replyType: 'text',
})
