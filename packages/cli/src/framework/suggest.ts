/** The candidate that somebody most likely meant, if one is near enough: a third of the letters may be wrong. */
export function suggest(typed: string, candidates: readonly string[]): string | undefined {
  let best: { candidate: string; distance: number } | undefined
  for (const candidate of candidates) {
    const distance = distanceBetween(typed.toLowerCase(), candidate.toLowerCase())
    if (best === undefined || distance < best.distance) best = { candidate, distance }
  }
  if (best === undefined) return undefined
  return best.distance <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined
}

const lengthMax = 64

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment), bounded in length. */
function distanceBetween(left: string, right: string): number {
  const a = left.slice(0, lengthMax)
  const b = right.slice(0, lengthMax)
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwap ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(at(last, j) + 1, at(next, j - 1) + 1, at(last, j - 1) + cost, swapped))
    }
    before = last
    last = next
  }
  return at(last, b.length)
}

const at = (row: readonly number[], index: number) => row[index] ?? Number.POSITIVE_INFINITY
