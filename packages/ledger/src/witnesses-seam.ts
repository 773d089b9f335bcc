/** What the witnesses answered about one checkpoint. */
export interface Cosigned {
  /** Verified cosignature lines, in the policy's order. */
  lines: string[]
  met: boolean
  faults: { witness: string; code: string; message: string }[]
}
export type WitnessView =
  | { witness: string; state: 'knows'; size: number; root: Uint8Array; note: string }
  | { witness: string; state: 'never_seen' }
  | { witness: string; state: 'unreachable'; message: string }
export interface Witnesses {
  cosign(checkpoint: { size: number; note: string }, proofFrom: (oldSize: number) => Uint8Array[]): Promise<Cosigned>
  latest(): Promise<WitnessView[]>
  close(): Promise<void>
}
