import type { IdKind } from '../ids.ts'
import type { StatementKind } from './kinds.ts'

/**
 * Whose sequence a statement continues: the kind of id of its subject (docs/formats/statement.md "Payload"). Two kinds
 * stand where there are two: a counted refusal is about the person, a link about the invitation.
 */
export const statementSubjects = {
  'organization.founded': ['organization'],
  'trust.published': ['trust'],
  'program.proposed': ['request'],
  'program.approved': ['request'],
  'program.withdrawn': ['request'],
  'program.published': ['program'],
  'glass.requested': ['grant'],
  'glass.approved': ['grant'],
  'glass.declined': ['grant'],
  'glass.withdrawn': ['grant'],
  'glass.went_solo': ['grant'],
  'glass.granted': ['grant'],
  'glass.refused': ['grant', 'person'],
  'glass.voided': ['grant'],
  'glass.used': ['grant'],
  'glass.expired': ['grant'],
  'glass.revoked': ['grant'],
  'glass.shut': ['grant'],
  'review.opened': ['review'],
  'review.answered': ['review'],
  'review.signed': ['review'],
  'review.overdue': ['review'],
  'review.closed_by_system': ['review'],
  'followup.recorded': ['followUp'],
  'followup.done': ['followUp'],
  'finding.detected': ['finding'],
  'finding.resolved': ['finding'],
  'protection.weakened': ['point'],
  'protection.restored': ['point'],
  'gate.passed_unavailable': ['window'],
  'gate.recovered': ['window'],
  'incident.opened': ['incident'],
  'incident.set': ['incident'],
  'incident.resolved': ['incident'],
  'identity.linked': ['person'],
  'identity.ended': ['person'],
  'credential.issued': ['token', 'invitation'],
  'credential.ended': ['token', 'invitation'],
  'point.registered': ['point'],
  'evidence.read': ['person'],
} as const satisfies Record<StatementKind, readonly [IdKind, ...IdKind[]]>
