import { encodeBase64, type HashReader, hashNode } from '@breakglass/verify'

/**
 * The tlog-proofs of several entries under one checkpoint, by index. The entries of a batch lie beside each other, and so do
 * their paths: what they share is read, hashed and written once. The same texts as `formatTlogProof` gives one by one.
 *
 * Each index once, ascending, below `size`; otherwise throws TypeError. Throws what `read` throws.
 */
export function proofTexts(
  indices: readonly number[],
  { size, note }: { size: number; note: string },
  read: HashReader,
): Map<number, string> {
  const texts = new Map<number, string>()
  const descend = (range: Range, wanted: readonly number[], path: string): void => {
    if (range.end - range.begin === 1) {
      texts.set(range.begin, `c2sp.org/tlog-proof@v1\nindex ${range.begin}\n${path}\n${note}`)
      return
    }
    const middle = range.begin + powerBelow(range.end - range.begin)
    const left = { begin: range.begin, end: middle }
    const right = { begin: middle, end: range.end }
    const first = wanted.findIndex(index => index >= middle)
    const split = first < 0 ? wanted.length : first
    // Nearest sibling first: what is added on the way down goes in front.
    if (split > 0) descend(left, wanted.slice(0, split), `${lineOf(right, read)}${path}`)
    if (split < wanted.length) descend(right, wanted.slice(split), `${lineOf(left, read)}${path}`)
  }
  if (!indices.every((index, at) => isBelow(index, size) && index > (indices[at - 1] ?? -1))) throw unordered(indices)
  if (indices.length > 0) descend({ begin: 0, end: size }, indices, '')
  return texts
}

/** Leaves `begin` up to `end`. */
interface Range {
  begin: number
  end: number
}

function lineOf(range: Range, read: HashReader): string {
  return `${encodeBase64(rootOf(range, read))}\n`
}

/** RFC 6962 §2.1, where `begin` is a multiple of a power of two that is at least the length. */
function rootOf({ begin, end }: Range, read: HashReader): Uint8Array {
  const leaves = powerBelow(end - begin + 1)
  const full = read(Math.log2(leaves), begin / leaves)
  const middle = begin + leaves
  return middle === end ? full : hashNode(full, rootOf({ begin: middle, end }, read))
}

/** The largest power of two below n, for n ≥ 2, exactly: of such a power, `Math.log2` is exact. */
function powerBelow(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}

function isBelow(index: number, size: number): boolean {
  return Number.isSafeInteger(index) && index >= 0 && index < size
}

function unordered(indices: readonly number[]): TypeError {
  return new TypeError(`expected indices of the tree, each once and ascending, found ${indices.join(', ')}`)
}
