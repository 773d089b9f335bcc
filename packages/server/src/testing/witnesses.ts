import { type Cosigner, cosignerFromSeed, formatTlogProof, parseNote, parseTlogProof } from '@breakglass/verify'

/** Three witnesses of whom two must have cosigned. Their seeds are secret to nobody. */
export const witnesses: readonly Cosigner[] = [5, 6, 7].map(n =>
  cosignerFromSeed(`witness${n - 4}.example`, new Uint8Array(32).fill(n)),
)

/** What a trust policy says of them after its log. */
export const witnessLines = [
  ...witnesses.map(({ vkey }, at) => `witness w${at + 1} ${vkey}`),
  'group two-of-three 2 w1 w2 w3',
  'quorum two-of-three',
  '',
].join('\n')

/** The same proof, its checkpoint cosigned by the first so many at that time. */
export function cosignedProof(text: string, { count, timeSeconds }: { count: number; timeSeconds: number }): string {
  const proof = parseTlogProof(text)
  const note = proof.ok ? parseNote(proof.value.checkpoint) : undefined
  if (!proof.ok || !note?.ok) throw new Error('expected the proof of a ledger')
  const lines = witnesses.slice(0, count).map(witness => witness.cosign(note.value.text, timeSeconds))
  return formatTlogProof({ ...proof.value, checkpoint: proof.value.checkpoint + lines.join('') })
}
