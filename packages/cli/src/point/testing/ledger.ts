import {
  consistencyProof,
  type Cosigner,
  encodeUtf8,
  formatCheckpoint,
  formatPrivateNoteKey,
  formatTlogProof,
  hashLeaf,
  inclusionProof,
  type Logged,
  type NoteSigner,
  parsePrivateNoteKey,
  rootOf,
  signNote,
} from '@breakglass/verify'

export const origin = 'ledger.acme.example/breakglass'

/** A log in memory: true trees, true checkpoints, true proofs. Keys are fixed and secret to nobody. */
export class MemoryLedger {
  readonly #leaves: Uint8Array[] = []
  readonly signer: NoteSigner
  /** Who cosigns each checkpoint, and at which time (Unix seconds). */
  cosigners: { cosigner: Cosigner; timeSeconds: number }[] = []
  /** What the trust policy says after the log. */
  policyLines = 'quorum none\n'

  constructor(seed = 4) {
    const parsed = parsePrivateNoteKey(formatPrivateNoteKey(origin, new Uint8Array(32).fill(seed)))
    if (!parsed.ok) throw new TypeError('expected a key just made to be read')
    this.signer = parsed.value
  }

  get size(): number {
    return this.#leaves.length
  }

  get policyText(): string {
    return `log ${this.signer.vkey}\n${this.policyLines}`
  }

  checkpoint(): string {
    const text = formatCheckpoint({ origin, size: this.size, root: rootOf(this.#leaves) })
    const cosigned = this.cosigners.map(({ cosigner, timeSeconds }) => cosigner.cosign(text, timeSeconds))
    return signNote(text, this.signer) + cosigned.join('')
  }

  append(jws: string): { logged: Logged; index: number } {
    const index = this.#leaves.length
    this.#leaves.push(hashLeaf(encodeUtf8(jws)))
    return { logged: { jws, proof: this.proof(index) }, index }
  }

  /** The proof of an entry under the newest checkpoint. */
  proof(index: number): string {
    return formatTlogProof({ index, path: inclusionProof(index, this.size, this.#read), checkpoint: this.checkpoint() })
  }

  consistency(from: number, to: number): Uint8Array[] {
    return consistencyProof(from, to, this.#read)
  }

  readonly #read = (level: number, at: number): Uint8Array =>
    rootOf(this.#leaves.slice(at * 2 ** level, (at + 1) * 2 ** level))

  /** The same log with another last entry: what a log with two faces would show. */
  forked(jws: string): MemoryLedger {
    const other = this.copy()
    other.#leaves.splice(-1, 1, hashLeaf(encodeUtf8(jws)))
    return other
  }

  /** The same log as it is now, under the same key: what a copy of its directory would show. */
  copy(): MemoryLedger {
    const other = new MemoryLedger(4)
    other.cosigners = this.cosigners
    other.#leaves.push(...this.#leaves)
    return other
  }
}
