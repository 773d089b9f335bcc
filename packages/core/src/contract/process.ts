import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { rateView } from './gates.ts'
import { instant } from './shapes.ts'

const count = z.int().min(0)
/** `atLeast`: some of what it was taken from is still open, so that it can only grow. */
const quantile = z.strictObject({ ms: count, atLeast: z.boolean() })

export const getProcess = endpoint({
  id: 'getProcess',
  method: 'get',
  path: '/process',
  summary:
    'How the program itself is run: reviews, promises, waivers, the emergency path. Counts of the program, never of a person.',
  tag: 'numbers',
  access: 'person',
  query: z.strictObject({ from: instant.optional(), to: instant.optional() }),
  reply: z.strictObject({
    from: instant,
    to: instant,
    reviews: z.strictObject({
      /** Of those that fell due in the period; it must be all of them. */
      signed: rateView,
      onTime: rateView,
      onTimeBefore: rateView,
      trend: z.enum(['better', 'worse', 'level']),
      open: count,
      overdue: count,
      oldestOpenMs: count.optional(),
      /** From opening to signature. */
      median: quantile.optional(),
      p90: quantile.optional(),
      /** Absent under three signers, where a count would point at one of them. */
      attention: z
        .strictObject({ atOnce: rateView, copied: rateView, reciprocalPairs: rateView, leaveOnHigh: rateView })
        .optional(),
    }),
    waivers: z.strictObject({
      live: count,
      oldestMs: count.optional(),
      p90Ms: count.optional(),
      pastBound: count,
      bounded: count,
    }),
    followUps: z.strictObject({ due: count, kept: count, late: count, missing: count }),
    /** From request to open, beside the gates' own: from the first run of a check on a commit to its pass. */
    path: z.strictObject({
      n: count,
      median: quantile.optional(),
      gate: quantile.optional(),
      times: z.number().min(0).optional(),
    }),
    /** Of what nothing sanctioned, what somebody told of first; it is to go up. */
    disclosures: rateView,
    /** What nobody records, in words: it has no number, and is no zero. */
    notRecorded: z.array(z.string()),
  }),
  errors: ['bad_input', 'no_program'],
})
