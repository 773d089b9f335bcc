import { z } from 'zod'
import { evidenceRow } from '../evidence/index.ts'
import { idOf } from '../ids.ts'
import { endpoint } from './endpoint.ts'
import { digest, gateName, instant } from './shapes.ts'

export const logged = z.strictObject({ statement: z.string(), proof: z.string() })

export const queryEvidence = endpoint({
  id: 'queryEvidence',
  method: 'get',
  path: '/evidence',
  summary: 'Every use in a period, each with its record, its review and its statements. Reading it is itself logged.',
  tag: 'evidence',
  access: 'person',
  query: z.strictObject({ from: instant, to: instant, gate: gateName.optional(), proofs: z.enum(['true']).optional() }),
  reply: z.strictObject({
    v: z.literal(1),
    format: z.literal('breakglass-export'),
    organization: idOf('organization'),
    from: instant,
    to: instant,
    gate: gateName.optional(),
    generatedAt: instant,
    ledger: z.strictObject({ origin: z.string(), size: z.int(), checkpoint: z.string() }),
    counts: z.strictObject({
      uses: z.int(),
      grants: z.int(),
      unused: z.int(),
      refused: z.int(),
      voided: z.int(),
      findings: z.int(),
      reviewsDue: z.int(),
      reviewsSigned: z.int(),
      reviewsLate: z.int(),
    }),
    rows: z.array(evidenceRow),
    entries: z.array(logged).optional(),
    texts: z.array(z.strictObject({ commit: digest, salt: z.string(), text: z.string() })).optional(),
    documents: z.array(z.strictObject({ digest, text: z.string() })).optional(),
  }),
})

export const showStatement = endpoint({
  id: 'showStatement',
  method: 'get',
  path: '/statements/{sid}',
  summary: 'One statement with its proof.',
  tag: 'evidence',
  access: 'person',
  params: z.strictObject({ sid: idOf('statement') }),
  reply: z.strictObject({ logged: logged.partial({ proof: true }), index: z.int().optional() }),
})

export const subjectStatements = endpoint({
  id: 'subjectStatements',
  method: 'get',
  path: '/subjects/{id}/statements',
  summary: 'The whole chain of one subject, as an export file that `breakglass verify` checks offline.',
  tag: 'evidence',
  access: 'person',
  params: z.strictObject({ id: z.string().max(64) }),
  reply: z.strictObject({
    v: z.literal(1),
    format: z.literal('breakglass-export'),
    organization: idOf('organization'),
    entries: z.array(logged),
  }),
})
