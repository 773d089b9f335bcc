import { type Digest, formatDigest, hashLeaf, parseStatement } from '@breakglass/verify'

/** A statement whose place in its subject's chain is not the next one. */
export interface BrokenChain {
  index: number
  subject: string
  expected: string
  found: string
}

/** What an entry says of itself, when it is a statement. */
export interface Told {
  index: number
  leaf: Digest
  kind: string
  sid: string
  subject: string
}

/**
 * Follows every subject's chain through the log: `seq` counts from 1 and `prev` is the leaf hash before, in log order.
 * docs/formats/statement.md "Payload". Entries that are no statements are passed over: the log takes any bytes.
 */
export class Chains {
  readonly #last = new Map<string, { seq: number; leaf: Digest }>()

  take(index: number, entry: Uint8Array): { told?: Told; broken?: BrokenChain } {
    const leaf = formatDigest(hashLeaf(entry))
    const parsed = parseStatement(Buffer.from(entry).toString('latin1'))
    if (!parsed.ok) return {}
    const { kind, sid, subject, seq, prev } = parsed.value.envelope
    const told = { index, leaf, kind, sid, subject }
    const before = this.#last.get(subject)
    const isNext = seq === (before?.seq ?? 0) + 1 && prev === before?.leaf
    // What comes after a break is held against what is there, so that one break is told once.
    if (before === undefined || seq >= before.seq) this.#last.set(subject, { seq, leaf })
    if (isNext) return { told }
    const expected = `seq ${(before?.seq ?? 0) + 1} after ${before?.leaf ?? 'nothing'}`
    return { told, broken: { index, subject, expected, found: `seq ${seq} after ${prev ?? 'nothing'}` } }
  }
}
