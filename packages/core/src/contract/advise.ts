import { z } from 'zod'
import { type AdviceRuleId, adviceRules } from '../advise/advice.ts'
import { endpoint } from './endpoint.ts'

const count = z.int().min(0)
const share = z.number().min(0).max(1)

export const adviceView = z.strictObject({
  rule: z.enum(Object.keys(adviceRules) as [AdviceRuleId, ...AdviceRuleId[]]),
  gate: z.string(),
  reason: z.string(),
  evidence: z.array(
    z.strictObject({
      /** What was counted: x of n. */
      what: z.string(),
      x: count,
      n: count.optional(),
      interval: z.strictObject({ low: share, high: share }).optional(),
      window: z.strictObject({ from: z.string(), to: z.string() }).optional(),
    }),
  ),
  remedy: z.string(),
  edits: z.array(z.strictObject({ file: z.string(), path: z.string(), is: z.json() })),
  /** A unified diff over the program's files; absent with `noEdit`, which says why no line would help. */
  diff: z.string().optional(),
  noEdit: z.string().optional(),
  class: z.enum(['narrowing', 'widening', 'neutral']).optional(),
})

export const getAdvice = endpoint({
  id: 'getAdvice',
  method: 'get',
  path: '/advice',
  summary:
    'What the program and its numbers advise: add a bypass or relax the gate; standing, just-in-time or break-glass.',
  tag: 'program',
  access: 'person',
  reply: z.strictObject({
    advice: z.array(adviceView),
    /** Gates of the program that no numbers are about. */
    unmeasured: z.array(z.string()),
  }),
  errors: ['no_program', 'bad_program'],
})
