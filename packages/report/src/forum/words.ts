import type { Figure, ForumItem, ForumReport } from '@breakglass/core/forum'
import { count, percent, range } from '../charts/number-words.ts'

/** A sign beside each line, which says without colour what the colour says. */
export const signs: Readonly<Record<ForumItem['tone'], string>> = { attention: '!', good: '+', plain: '·' }

const dayOf = (instant: string) => instant.slice(0, 10)

export const periodWords = ({ period }: ForumReport): string => `${dayOf(period.from)} to ${dayOf(period.to)}`

/** `sanctioned 12 of 400 (3 %, 1.6 % to 5.1 %)`; without passages there is no share. */
export function figureWords({ what, x, n, interval }: Figure): string {
  if (n === undefined) return `${what} ${count(x)}`
  if (n === 0) return `${what} ${count(x)} of 0`
  const between = interval === undefined ? '' : `, ${range(interval)}`
  return `${what} ${count(x)} of ${count(n)} (${percent(x / n)}${between})`
}

export const windowWords = ({ window }: Figure): string => `${window.from} to ${window.to}`

export const minutesWords = (minutes: number): string => `${minutes} min`

/** What is asked of somebody first; the order is the report's otherwise. */
export function urgentFirst(items: readonly ForumItem[]): ForumItem[] {
  const order = ['attention', 'good', 'plain']
  return items.toSorted((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone))
}
