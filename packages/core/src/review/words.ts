/** The words a review is made of; its schemas, its statements and its pages share them. There is none for fault. */
export const reviewSubjects = [
  'use',
  'unused_grant',
  'finding',
  'passed_unavailable',
  'late_use',
  'waiver_renewal',
  'disclosure',
] as const
export type ReviewSubject = (typeof reviewSubjects)[number]

export const reviewForms = ['full', 'short'] as const
export type ReviewForm = (typeof reviewForms)[number]

/** What made the safe path unusable: of the system, never of the person. */
export const unusableReasons = [
  'too_slow',
  'flaky',
  'wrong_block',
  'gate_down',
  'no_reviewer',
  'missing_permission',
  'access_problem',
  'unclear_procedure',
  'deliberate_freeze',
  'other',
] as const
export type UnusableReason = (typeof unusableReasons)[number]

export const reviewDecisions = [
  'retro_approved',
  'approved_with_actions',
  'change_to_be_reverted',
  'not_an_emergency',
] as const
export type ReviewDecision = (typeof reviewDecisions)[number]

export const gateVerdicts = ['leave', 'fix_gate', 'add_preapproved', 'change_roster_or_scope', 'improve_docs'] as const
export type GateVerdict = (typeof gateVerdicts)[number]

export const securityImpacts = ['none', 'possible', 'confirmed'] as const
export type SecurityImpact = (typeof securityImpacts)[number]
