import type { Fault, FaultCode } from '@breakglass/verify'

/** Why a piece of evidence does not open a gate: one answer out of a verifier's remarks, the gravest first. */
export type Why =
  | 'forged'
  | 'ended_key'
  | 'wrong_organization'
  | 'not_logged'
  | 'witnessed_late'
  | 'unreadable'
  | 'wrong_gate'
  | 'wrong_repository'
  | 'wrong_ref'
  | 'wrong_commit'
  | 'wrong_point'
  | 'wrong_boundary'
  | 'too_long'
  | 'expired'
  | 'not_yet_valid'

/** What was shown, and so what a refusal speaks of. */
export type EvidenceKind = 'grant' | 'waiver' | 'receipt' | 'window'

const nouns = {
  grant: 'the grant',
  waiver: 'the waiver',
  receipt: 'the receipt',
  window: 'the leave to pass while unavailable',
} as const satisfies Record<EvidenceKind, string>

const notLogged = [
  'not_logged',
  'not_included',
  'bad_proof',
  'bad_note',
  'bad_checkpoint',
  'unknown_log',
  'no_log_signature',
  'no_quorum',
] as const satisfies FaultCode[]

const witnessedLate: FaultCode = 'cosigned_too_early_or_late'

/** First match wins. A remark about the proof is about the ledger, whatever its code. */
const order: readonly [Why, (fault: Fault) => boolean][] = [
  ['forged', fault => isOf(fault, ['bad_signature', 'unknown_issuer', 'issuer_not_allowed']) && !isOfProof(fault)],
  ['ended_key', fault => fault.code === 'issuer_out_of_range'],
  ['wrong_organization', fault => fault.code === 'wrong_organization'],
  ['not_logged', fault => isOf(fault, notLogged) || (isOfProof(fault) && fault.code !== witnessedLate)],
  ['witnessed_late', fault => fault.code === witnessedLate],
  ['unreadable', fault => fault.family === 'evidence' && fault.code !== 'ttl_too_long'],
  ['wrong_repository', fault => fault.code === 'wrong_repository'],
  ['wrong_gate', fault => fault.code === 'wrong_gate'],
  ['wrong_boundary', fault => fault.code === 'wrong_boundary'],
  ['wrong_ref', fault => fault.code === 'wrong_ref'],
  ['wrong_commit', fault => fault.code === 'wrong_change'],
  ['wrong_point', fault => fault.code === 'wrong_point'],
  ['too_long', fault => fault.code === 'ttl_too_long'],
  ['expired', fault => fault.code === 'expired'],
  ['not_yet_valid', fault => fault.code === 'not_yet_valid'],
]

export function whyOf(faults: readonly Fault[]): { why: Why; fault: Fault | undefined } {
  for (const [why, isIt] of order) {
    const fault = faults.find(isIt)
    if (fault !== undefined) return { why, fault }
  }
  return { why: 'unreadable', fault: faults[0] }
}

/** `name` is the id of what was shown, if it could be read. */
export function wordsOf(kind: EvidenceKind, name: string | undefined, faults: readonly Fault[]): string {
  const { why, fault } = whyOf(faults)
  const what = name === undefined ? nouns[kind] : `${nouns[kind]} ${name}`
  return `${what} ${sayWhy(why, fault)}`
}

function sayWhy(why: Why, fault: Fault | undefined): string {
  const expected = fault?.expected ?? 'something else'
  const found = fault?.found ?? 'nothing'
  switch (why) {
    case 'forged':
      return `is not genuine: ${fault?.code === 'issuer_not_allowed' ? 'its key may not say this' : 'no pinned issuer has signed these bytes'}`
    case 'ended_key':
      return 'was signed by a key that has been ended'
    case 'wrong_organization':
      return `belongs to another organisation (${found})`
    case 'not_logged':
      return `is not shown to be in the ledger, so it opens nothing (${fault?.code ?? 'not_logged'}: expected ${expected}, found ${found})`
    case 'witnessed_late':
      return `was not witnessed when it was granted, so it opens nothing (expected ${expected}, found ${found})`
    case 'unreadable':
      return `cannot be read (${fault?.code ?? 'unreadable'} at ${fault?.at ?? 'its bytes'}: expected ${expected})`
    case 'wrong_gate':
      return `is for the gate ${found}, not for ${expected}`
    case 'wrong_repository':
      return `is for another repository (${found})`
    case 'wrong_ref':
      return `is for ${found}, and this is ${expected}`
    case 'wrong_commit':
      return `is for another commit: ${found}, and this is ${expected}`
    case 'wrong_point':
      return `is for another enforcement point (${found}); this is ${expected}`
    case 'wrong_boundary':
      return `is for the boundary ${found}, and this is ${expected}`
    case 'too_long':
      return `lasts longer than such a thing may (${found})`
    case 'expired':
      return `has expired (it was valid ${expected.replace('a time ', '')})`
    case 'not_yet_valid':
      return `is not valid yet (it needs ${expected})`
  }
}

function isOf(fault: Fault, codes: readonly FaultCode[]): boolean {
  return codes.includes(fault.code)
}

function isOfProof(fault: Fault): boolean {
  return fault.at === 'proof' || fault.at.startsWith('proof.')
}
