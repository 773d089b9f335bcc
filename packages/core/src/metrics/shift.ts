import { dayNumbers, digestOf, type Week } from './digest.ts'
import type { Episode } from './episodes.ts'
import type { Share } from './exact.ts'
import type { GateDay } from './input.ts'
import { cochranArmitage, risingP } from './trend.ts'

export type Shift = 'adoption' | 'displacement' | 'none'

const surelyP = 0.05
/**
 * When a rise of the sum may be people won over: the share went up as surely as this, while the other path goes down, or
 * while it only may be rising.
 */
const maybeP = { share: 0.1, alone: 0.05, unsanctioned: 0.05 }

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
    const perhapsAdoption =
      down > 0 ? p <= maybeP.share : p <= maybeP.alone && risingP(unsanctioned) > maybeP.unsanctioned
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
