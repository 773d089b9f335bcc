/** Where in which file something stands; line and column count from 1, columns in UTF-16 units as editors do. */
export interface Place {
  file: string
  line: number
  column: number
}

/** A way through the file's mappings and lists. */
export type Path = readonly (string | number)[]

/** For people: `gates.payments/smoke.break_glass.ttl`. */
export const pathWords = (path: Path): string => path.join('.')

/** Answers for offsets of one text. An offset past its end is its end. */
export function placesIn(file: string, text: string): (offset: number) => Place {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  return offset => {
    const inside = Math.min(Math.max(offset, 0), text.length)
    const line = lineOf(starts, inside)
    return { file, line, column: inside - (starts[line - 1] ?? 0) + 1 }
  }
}

/** The last line that starts at or before the offset, by halving. */
function lineOf(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low + 1
}
