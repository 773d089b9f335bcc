import { percent, range } from '@breakglass/report'

interface Evidence {
  what: string
  x: number
  n?: number | undefined
  interval?: { low: number; high: number } | undefined
  window?: { from: string; to: string } | undefined
}

/** `episodes in passages: 90 of 400 (22.5 %, 18.6 % to 26.8 %), 2026-05-25 to 2026-11-22`. */
export function evidenceWords({ what, x, n, interval, window }: Evidence): string {
  const share = n === undefined || n === 0 ? '' : ` (${percent(x / n)}${interval ? `, ${range(interval)}` : ''})`
  const when = window === undefined ? '' : `, ${window.from} to ${window.to}`
  return `${what}: ${x}${n === undefined ? '' : ` of ${n}`}${share}${when}`
}
