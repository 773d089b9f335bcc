import type { Episode } from './episodes.ts'
import { fisherTest } from './exact.ts'
import type { GateDay } from './input.ts'
import { knownOf } from './rates.ts'

export type Shift = 'adoption' | 'displacement' | 'none'

/**
 * Whether bypasses moved onto the sanctioned path (adoption) or off it (displacement) between the halves of the window:
 * both rates moved, in opposite directions, and the sanctioned share changed beyond chance (mid-p, 5 %).
 */
export function shiftOf(days: readonly GateDay[], episodes: readonly Episode[]): Shift {
  const sorted = days.map(({ day }) => day).toSorted()
  const middle = sorted[Math.floor(sorted.length / 2)] ?? ''
  const part = (late: boolean) => {
    const inPart = ({ day }: { day: string }) => day >= middle === late
    const of = episodes.filter(inPart)
    const s = of.filter(({ sanctioned }) => sanctioned).length
    return { s, x: of.length, n: days.filter(inPart).reduce((sum, day) => sum + knownOf(day), 0) }
  }
  const [before, after] = [part(false), part(true)]
  if (fisherTest({ x: before.s, n: before.x }, { x: after.s, n: after.x }, 'mid') > 0.05) return 'none'
  const sanctionedUp = after.s * before.n - before.s * after.n
  const unsanctionedUp = (after.x - after.s) * before.n - (before.x - before.s) * after.n
  if (sanctionedUp > 0 && unsanctionedUp < 0) return 'adoption'
  return sanctionedUp < 0 && unsanctionedUp > 0 ? 'displacement' : 'none'
}

/** "Program on paper only": of the episodes of 90 days, fewer than half were sanctioned. */
export function onPaperOnly(episodes: readonly Episode[]): boolean {
  return episodes.filter(({ sanctioned }) => sanctioned).length * 2 < episodes.length
}
