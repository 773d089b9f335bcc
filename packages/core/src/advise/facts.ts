import { z } from 'zod'
import type { BaselineReport } from '../baseline/report.ts'
import { labels } from '../metrics/words.ts'

const count = z.int().min(0)
const share = z.number().min(0).max(1)
const rate = z.strictObject({ x: count, n: count, interval: z.strictObject({ low: share, high: share }) })
export type AdviceRate = z.infer<typeof rate>

/** What numbers say of one gate. What is absent was not measured, and no rule that needs it speaks. */
export const gateFacts = z.strictObject({
  gate: z.string().min(1).max(300),
  window: z.strictObject({ from: z.iso.date(), to: z.iso.date() }),
  label: z.enum(labels),
  fired: z.array(z.enum(labels)),
  /** Episodes ÷ passages: of both kinds, and each. */
  bypass: rate,
  glass: rate.optional(),
  unsanctioned: rate.optional(),
  /** Of x episodes, those outside verified incidents. */
  outside: count.optional(),
  /** Of n commits that the check passed at some time, those that it had failed first, unchanged. */
  flake: rate.optional(),
  /** Among how many people the episodes are spread. */
  effectiveActors: z.number().min(0).optional(),
})
export type GateFacts = z.infer<typeof gateFacts>

/**
 * The facts in the numbers of a history, for gates of the program by the same name. Whether a bypass was sanctioned, or in
 * an incident, a history does not say, so rules that ask for it stay silent.
 */
export function factsOfBaseline({ gates }: Pick<BaselineReport, 'gates'>): GateFacts[] {
  return gates.map(({ name, window: { from, to, x, n, interval }, label, fired, people }) => ({
    gate: name,
    window: { from, to },
    label,
    fired,
    bypass: { x, n, interval },
    ...(people.effective === undefined ? {} : { effectiveActors: people.effective }),
  }))
}
