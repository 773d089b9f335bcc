import type { Label } from '../metrics/words.ts'
import type { ForumInput } from './input.ts'

export type DecisionState = NonNullable<ForumInput['last']>['decisions'][number]['state']

/** What records can tell of a decision about a gate, at the time of the next report. */
export interface DecisionFacts {
  /** A date. */
  due: string
  /** Today, a date. */
  today: string
  /** The gate's label now; absent where nobody measured it. */
  label?: Label
  /** Repairs of the gate that were begun since the forum; absent where there is no register of repairs. */
  repairs?: readonly { state: 'open' | 'done' | 'abandoned' }[]
  /** The program was changed at this gate since the forum. */
  programChanged: boolean
}

const settled: readonly Label[] = ['near_zero', 'incidents_only', 'watch']

/**
 * Whether what a forum decided was kept, by records and not by anybody's word: a repair that was finished, a changed program,
 * a gate that does not ask any more. Where no record could tell, it says so.
 */
export function judgeDecision(facts: DecisionFacts): { state: DecisionState; why: string } {
  const { due, today, label, repairs, programChanged } = facts
  if (repairs?.some(({ state }) => state === 'done') === true) return { state: 'kept', why: 'a repair was finished' }
  if (programChanged) return { state: 'kept', why: 'the program was changed at this gate' }
  if (label !== undefined && settled.includes(label))
    return { state: 'kept', why: `its label is “${words(label)}” now` }
  const underWay = repairs?.some(({ state }) => state === 'open') === true
  if (today <= due) return { state: 'open', why: underWay ? 'a repair is under way' : 'its date has not come' }
  if (underWay) return { state: 'not_kept', why: 'its repair is not finished' }
  if (label === undefined && repairs === undefined) return { state: 'unknown', why: 'nothing measures this gate yet' }
  const seen = label === undefined ? 'nobody measured the gate' : `its label is still “${words(label)}”`
  return { state: 'not_kept', why: `no repair was recorded, the program is as it was, and ${seen}` }
}

const words = (label: Label): string => label.replaceAll('_', ' ')
