import { sameBytes } from './bytes.ts'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { type Fault, fault, type Parsed, pass, show, type Verdict } from './fault.ts'
import { parseNote, type SignedNote, type VerifiedSignature, verifyNoteSignatures } from './note.ts'
import { meetsQuorum, policyHasWitnesses, type TrustPolicy } from './policy.ts'
import { emptyRoot } from './tree-hash.ts'
import type { VerifierKey } from './vkey.ts'

/** A checkpoint that a log of the policy has signed and a quorum has cosigned. Made only by `openCheckpoint`. */
export interface VerifiedCheckpoint extends Checkpoint {
  /** The whole note, verbatim. */
  note: string
  logKey: VerifierKey
  /** Cosignatures that hold, by the witness's name in the policy. */
  cosignatures: Cosignature[]
}

export interface Cosignature {
  name: string
  timeSeconds: number
}

/**
 * C2SP tlog-checkpoint, tlog-cosignature and tlog-policy. Codes: `too_large`, `bad_note`, `bad_checkpoint`,
 * `unknown_log`, `bad_signature` (a line of a known key that fails), `no_log_signature`, `no_quorum`.
 */
export function openCheckpoint(note: string, policy: TrustPolicy): Verdict<VerifiedCheckpoint> {
  const read = readCheckpoint(note)
  return read.ok ? verifyCheckpoint(read.value, policy) : read
}

/** A note whose text is a checkpoint; nothing has been verified. */
export interface ReadCheckpoint {
  note: string
  signed: SignedNote
  checkpoint: Checkpoint
}

export function readCheckpoint(note: string): Parsed<ReadCheckpoint> {
  const signed = parseNote(note)
  if (!signed.ok) return signed
  const checkpoint = parseCheckpoint(signed.value.text)
  return checkpoint.ok ? pass({ note, signed: signed.value, checkpoint: checkpoint.value }) : checkpoint
}

export function verifyCheckpoint(read: ReadCheckpoint, policy: TrustPolicy): Verdict<VerifiedCheckpoint> {
  const { note, signed, checkpoint } = read
  const { origin, size, root } = checkpoint
  const keys = [...policy.logs, ...policy.witnesses].map(({ key }) => key)
  const { verified, faults } = verifyNoteSignatures(signed, keys)
  if (size === 0 && !sameBytes(root, emptyRoot)) {
    faults.push(fault('bad_checkpoint', 'checkpoint.root', 'the root of the empty tree at size 0', 'another'))
  }
  // The origin names the log: a signature of another known log on it says nothing.
  const logKeys = policy.logs.map(log => log.key).filter(key => key.name === origin)
  const logKey = logKeys.find(key => verified.some(signature => signature.key === key))
  if (logKeys.length === 0) faults.push(unknownLog(origin, policy))
  // A line that fails has been remarked on already.
  else if (logKey === undefined && faults.length === 0) faults.push(noLogSignature(origin))
  const cosignatures = cosignaturesOf(verified, policy)
  if (!meetsQuorum(policy, namesOf(cosignatures))) faults.push(noQuorum(policy, cosignatures))
  if (faults.length > 0 || logKey === undefined) return { ok: false, faults }
  return pass({ ...checkpoint, note, logKey, cosignatures })
}

/**
 * docs/formats/grant.md "How an enforcement point judges a grant", step 3: with witnesses, a *quorum* of cosignatures
 * lies in the window, judged against when the thing was granted and never against now. Nothing without witnesses.
 */
export function checkCosignedWithin(
  checkpoint: VerifiedCheckpoint,
  policy: TrustPolicy,
  window: { fromMs: number; untilMs: number },
): Fault[] {
  if (!policyHasWitnesses(policy)) return []
  const inside = checkpoint.cosignatures.filter(({ timeSeconds }) => {
    return timeSeconds * 1000 >= window.fromMs && timeSeconds * 1000 <= window.untilMs
  })
  if (meetsQuorum(policy, namesOf(inside))) return []
  const times = checkpoint.cosignatures.map(({ name, timeSeconds }) => `${name} at ${timeSeconds}`).join(', ')
  const expected = `a quorum cosigned between ${window.fromMs / 1000} and ${window.untilMs / 1000} (Unix seconds)`
  return [fault('cosigned_too_early_or_late', 'proof.checkpoint', expected, show(times))]
}

function cosignaturesOf(verified: VerifiedSignature[], policy: TrustPolicy): Cosignature[] {
  return verified.flatMap(({ key, timeSeconds }) => {
    const witness = policy.witnesses.find(witness => witness.key === key)
    return witness === undefined || timeSeconds === undefined ? [] : [{ name: witness.name, timeSeconds }]
  })
}

function namesOf(cosignatures: Cosignature[]): Set<string> {
  return new Set(cosignatures.map(({ name }) => name))
}

function unknownLog(origin: string, policy: TrustPolicy): Fault {
  const known = policy.logs.map(log => log.key.name).join(', ')
  return fault('unknown_log', 'checkpoint.origin', `a log of the trust policy: ${show(known)}`, show(origin))
}

function noLogSignature(origin: string): Fault {
  return fault('no_log_signature', 'checkpoint', `a signature by the key of ${show(origin)}`, 'none')
}

function noQuorum(policy: TrustPolicy, cosignatures: Cosignature[]): Fault {
  const found = [...namesOf(cosignatures)].join(', ')
  return fault(
    'no_quorum',
    'checkpoint',
    `cosignatures to quorum ${show(policy.quorum)}`,
    found === '' ? 'none' : show(found),
  )
}
