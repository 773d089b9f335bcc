/**
 * A verifier's remark. Nothing that parses or verifies hostile bytes throws: it answers with faults, all of them.
 *
 * `family` keeps two things apart: `evidence` says that what was shown is not sound; `policy` says that it is sound
 * and does not open what was asked.
 */
export interface Fault {
  code: FaultCode
  family: 'evidence' | 'policy'
  /** Where it was seen: a path such as `statement.header.kid` or `proof.checkpoint`. */
  at: string
  expected: string
  found: string
}

const policyCodes = [
  'wrong_gate',
  'wrong_repository',
  'wrong_ref',
  'wrong_change',
  'wrong_boundary',
  'wrong_point',
  'wrong_program',
  'not_yet_valid',
  'expired',
  'rolled_back',
] as const

const evidenceCodes = [
  'too_large',
  'not_ascii',
  'bad_base64url',
  'bad_json',
  'not_canonical',
  'bad_header',
  'bad_envelope',
  'bad_body',
  'unknown_member',
  'wrong_organization',
  'unknown_issuer',
  'issuer_not_allowed',
  'bad_signature',
  'issuer_out_of_range',
  'bad_proof',
  'unknown_log',
  'bad_checkpoint',
  'no_log_signature',
  'no_quorum',
  'cosigned_too_early_or_late',
  'not_included',
  'not_logged',
  'wrong_kind',
  'digest_mismatch',
  'broken_chain',
  'bad_note',
  'bad_vkey',
  'bad_policy',
  'bad_trust',
  'trust_key_removed',
  'trust_kinds_changed',
  'trust_log_removed',
  'bad_bundle',
  'bad_carried',
  'bad_export',
  'bad_tile_path',
  'ttl_too_long',
  'altered_text',
] as const

/** Stable: callers match on these, words may change. */
export type FaultCode = (typeof policyCodes)[number] | (typeof evidenceCodes)[number]

export const faultCodes: readonly FaultCode[] = [...policyCodes, ...evidenceCodes]

export type Parsed<T> = { ok: true; value: T } | { ok: false; faults: Fault[] }
export type Verdict<T> = Parsed<T>

export function pass<T>(value: T): { ok: true; value: T } {
  return { ok: true, value }
}

export function refuse(code: FaultCode, at: string, expected: string, found: string): { ok: false; faults: Fault[] } {
  return { ok: false, faults: [fault(code, at, expected, found)] }
}

export function fault(code: FaultCode, at: string, expected: string, found: string): Fault {
  return { code, family: policyFamily.has(code) ? 'policy' : 'evidence', at, expected, found }
}

const policyFamily: ReadonlySet<string> = new Set(policyCodes)

const shownCharactersMax = 96

/** Hostile text made fit for a message: quoted, escaped, bounded. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === null) return 'null'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value !== 'string') return 'an object'
  const cut = value.length > shownCharactersMax ? `${value.slice(0, shownCharactersMax)}…` : value
  // JSON leaves DEL, C1 controls and bidirectional marks alone; in a terminal they may rewrite what is read.
  return JSON.stringify(cut).replaceAll(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu,
    escapeCharacter,
  )
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
