import type { ReviewRecord } from './input-process.ts'
import { type Rate, rateOf } from './rates.ts'

/**
 * Whether signatures are given with attention: counts of the whole program, never of a person. Each is x of the n that
 * could have shown it.
 */
export interface Attention {
  /** Signed within 60 seconds of the answer. */
  atOnce: Rate
  /** Answers in the very words of an earlier one. */
  copied: Rate
  /** Of the pairs where one signed for the other at least twice, those that did so both ways. */
  reciprocalPairs: Rate
  /** "Leave the gate as it is", of gates that were labelled high when that was signed. */
  leaveOnHigh: Rate
}

const atOnceMsMax = 60_000
const signersMin = 3
const signedForMin = 2

/** Of signed reviews. Absent under three signers, because a count of two people's work is a count of each one's. */
export function attentionOf(signed: readonly ReviewRecord[]): Attention | undefined {
  const signers = new Set(signed.flatMap(({ reviewer }) => (reviewer === undefined ? [] : [reviewer])))
  if (signers.size < signersMin) return undefined
  const answered = signed.filter(({ answeredAt }) => answeredAt !== undefined)
  const digests = signed.flatMap(({ answerDigest }) => (answerDigest === undefined ? [] : [answerDigest]))
  const onHigh = signed.filter(({ labelled, verdict }) => labelled === 'high' && verdict !== undefined)
  const atOnce = answered.filter(({ signedAt = 0, answeredAt = 0 }) => signedAt - answeredAt <= atOnceMsMax)
  return {
    atOnce: rateOf(atOnce.length, answered.length),
    copied: rateOf(digests.length - new Set(digests).size, digests.length),
    reciprocalPairs: reciprocal(signed),
    leaveOnHigh: rateOf(onHigh.filter(({ verdict }) => verdict === 'leave').length, onHigh.length),
  }
}

function reciprocal(signed: readonly ReviewRecord[]): Rate {
  const times = new Map<string, Map<string, number>>()
  for (const { actor, reviewer } of signed) {
    if (actor === undefined || reviewer === undefined) continue
    const of = times.get(reviewer) ?? new Map<string, number>()
    times.set(reviewer, of.set(actor, (of.get(actor) ?? 0) + 1))
  }
  const often = (reviewer: string, actor: string) => (times.get(reviewer)?.get(actor) ?? 0) >= signedForMin
  let [both, either] = [0, 0]
  for (const [reviewer, of] of times) {
    for (const actor of of.keys()) {
      if (!often(reviewer, actor)) continue
      const returned = often(actor, reviewer)
      // A pair that is seen from both ends is counted from the first.
      if (returned && reviewer > actor) continue
      either += 1
      if (returned) both += 1
    }
  }
  return rateOf(both, either)
}
