/** Longer ones are no typing errors, and comparing them would cost. */
const wordLengthMax = 64

/** The known word that was most likely meant, if one is near enough: a third of its letters, at most three. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > wordLengthMax) return undefined
  const folded = fold(word)
  const near = known
    .filter(other => other.length <= wordLengthMax)
    .map(other => ({ other, distance: distanceBetween(folded, fold(other)) }))
    .filter(({ other, distance }) => distance <= Math.min(3, Math.floor(other.length / 3)))
    .sort((a, b) => a.distance - b.distance || (a.other < b.other ? -1 : 1))
  return near[0]?.other
}

/** `breakGlass`, `break-glass` and `Break_Glass` are the same slip. */
const fold = (text: string) =>
  text
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll('-', '_')

/** Levenshtein's distance, one row at a time. */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
