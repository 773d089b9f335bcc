import { dayNumbers, digestOf, type Week } from './digest.ts'
import type { Episode } from './episodes.ts'
import type { Share } from './exact.ts'
import type { GateDay } from './input.ts'
import { cochranArmitage, risingP } from './trend.ts'

export type Shift = 'adoption' | 'displacement' | 'none'

const surelyP = 0.05
/** Chance enough that people were won over, to not call a rise decay: of the share alone, and when the other path goes down too. */
const maybeP = { share: 0.05, both: 0.2 }

/**
 * Whether bypasses moved onto the sanctioned path (adoption) or off it (displacement) over the weeks of the window: the
 * two rates moved in opposite directions, and the sanctioned share of episodes moved beyond chance.
 */
export function shiftOf(days: readonly GateDay[], episodes: readonly Episode[]): Shift {
  const { direction, p } = shiftOver(digestOf({ days, episodes }, dayNumbers()).weeks)
  return p <= surelyP ? direction : 'none'
}

export interface ShiftTest {
  /** Where the two rates point, whatever chance says. */
  direction: Shift
  /** Of the sanctioned share, two-sided; 1 where they point nowhere. */
  p: number
  /**
   * A rise of the sum is as well explained by adoption: the sanctioned share went up, and the unsanctioned rate did not
   * rise beyond chance. Then what was improvised unseen before may only have come to light.
   */
  perhapsAdoption: boolean
}

export function shiftOver(weeks: readonly Week[]): ShiftTest {
  const unsanctioned = weeks.map(({ s, x, n }) => ({ x: x - s, n }))
  const [up, down] = [slopeOf(weeks.map(({ s, n }) => ({ x: s, n }))), -slopeOf(unsanctioned)]
  if (up > 0) {
    const p = risingP(weeks.map(({ s, x }) => ({ x: s, n: x })))
    const perhapsAdoption = down > 0 ? p <= maybeP.both : p <= maybeP.share && risingP(unsanctioned) > maybeP.share
    return down > 0 ? { direction: 'adoption', p: both(p), perhapsAdoption } : { ...nowhere, perhapsAdoption }
  }
  if (!(up < 0 && down < 0)) return nowhere
  const p = risingP(weeks.map(({ s, x }) => ({ x: x - s, n: x })))
  return { direction: 'displacement', p: both(p), perhapsAdoption: false }
}

const nowhere: ShiftTest = { direction: 'none', p: 1, perhapsAdoption: false }
/** Either direction was asked for. */
const both = (p: number): number => Math.min(1, 2 * p)

/** Without passages nothing moves. */
const slopeOf = (weeks: readonly Share[]): number => cochranArmitage(weeks) || 0

/** "Program on paper only": of the episodes of 90 days, fewer than half were sanctioned. */
export function onPaperOnly(episodes: readonly Episode[]): boolean {
  return episodes.filter(({ sanctioned }) => sanctioned).length * 2 < episodes.length
}
