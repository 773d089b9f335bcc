/** Durations as people read and write them. Pure; no clock is read here. */
const units = [
  { letter: 'd', seconds: 86_400 },
  { letter: 'h', seconds: 3600 },
  { letter: 'm', seconds: 60 },
  { letter: 's', seconds: 1 },
] as const

/** `29m 4s`, `2d 3h`: the two largest units that are not zero, cut and never rounded up: a time left is not flattered. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown'
  let rest = Math.floor(Math.abs(seconds))
  const parts: string[] = []
  for (const { letter, seconds: size } of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count}${letter}`)
    if (parts.length === 2) break
  }
  if (parts.length === 0) return '0s'
  return `${seconds < 0 ? '-' : ''}${parts.join(' ')}`
}

const written = /^(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,7})s)?$/

/** `15m`, `1h30m`, `90s`, `2d` as whole seconds; anything else is `undefined`. A bare number has no unit and is refused. */
export function parseDuration(text: string): number | undefined {
  const match = written.exec(text)
  if (match === null || text === '') return undefined
  return units.reduce((sum, { seconds }, index) => sum + Number(match[index + 1] ?? 0) * seconds, 0)
}
