import type { EvidenceRow } from './row.ts'

/** Columns in the order an auditor reads: which, who, what, when, why, reviewed, where it is logged. */
const columns: readonly [name: string, of: (row: EvidenceRow) => string | number | boolean | undefined][] = [
  ['id', row => row.id],
  ['record', row => row.record],
  ['grant', row => row.grant],
  ['request', row => row.request],
  ['finding', row => row.finding],
  ['actor', row => row.actor?.id],
  ['actor_name', row => row.actor?.name],
  ['approvers', row => names(row.approvers)],
  ['second_person', row => row.secondPerson],
  ['authors', row => row.authors && names(row.authors)],
  ['gate', row => row.gate],
  ['gate_class', row => row.gateClass],
  ['boundary', row => row.boundary],
  ['repository', row => row.repository.name],
  ['repository_id', ({ repository: { id } }) => `${id.forge}/${id.host}/${id.id}`],
  ['ref', row => row.ref],
  ['change', row => row.change && changeText(row.change)],
  ['landed_as', row => row.landedAs],
  ['old', row => row.old],
  ['new', row => row.new],
  ['run', row => row.run],
  ['enforcement_point', row => row.at?.name],
  ['enforcement', row => row.at?.enforcement],
  ['mode', row => row.mode],
  ['program', row => row.program],
  ['reasons', row => row.reasons],
  ['roster', row => row.roster],
  ['refusal_code', row => row.refusalCode],
  ['requested_at', row => row.requestedAt],
  ['granted_at', row => row.grantedAt],
  ['used_at', row => row.usedAt],
  ['expires_at', row => row.expiresAt],
  ['revoked_at', row => row.revokedAt],
  ['shut_at', row => row.shutAt],
  ['shut_confirmed_by', row => row.shutConfirmedBy],
  ['detected_at', row => row.detectedAt],
  ['use', row => row.use],
  ['uses', row => row.uses],
  ['reported_late', row => row.reportedLate],
  ['while_off', row => row.whileOff],
  ['justification', row => row.justification?.text],
  ['justification_state', row => row.justification?.state],
  ['incident', row => row.incident?.id],
  ['incident_severity', row => row.incident?.severity],
  ['incident_verified', row => row.incident?.verified],
  ['gates_kept', row => row.keeps.map(({ gate, stood }) => (stood ? `${gate} (${stood})` : gate)).join('; ')],
  ['told', row => names(row.told)],
  ['review', row => row.review?.id],
  ['review_state', row => row.review?.state],
  ['review_due_at', row => row.review?.dueAt],
  ['review_signed_at', row => row.review?.signedAt],
  ['review_late', row => row.review?.late],
  ['reviewers', row => row.review && names(row.review.reviewers)],
  ['decision', row => row.review?.decision],
  ['gate_verdict', row => row.review?.gateVerdict],
  ['security_impact', row => row.review?.securityImpact],
  ['why_safe_path_unusable', row => row.review?.unusable],
  ['result', row => row.review?.result],
  ['rolled_back', row => row.review?.rolledBack],
  ['follow_ups', row => row.review?.followUps.map(followUpText).join('; ')],
  ['later_result', row => row.laterResult],
  ['statements', row => row.statements.map(({ sid }) => sid).join('; ')],
  ['ledger_indexes', row => row.statements.map(({ index }) => index ?? 'not yet').join('; ')],
]

export const evidenceColumns: readonly string[] = columns.map(([name]) => name)

/** RFC 4180: CRLF, quoted where needed, a header. What is unknown or does not apply is an empty cell. */
export function evidenceCsv(rows: readonly EvidenceRow[]): string {
  const lines = [[...evidenceColumns], ...rows.map(row => columns.map(([, of]) => String(of(row) ?? '')))]
  return lines.map(cells => `${cells.map(csvCell).join(',')}\r\n`).join('')
}

/**
 * One cell. A spreadsheet runs what begins with one of these, and people wrote some of it: an apostrophe in front makes
 * it text. Whoever needs the bytes as they were takes the JSON.
 */
export function csvCell(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

const names = (people: readonly { id: string; name: string }[]) =>
  people.map(({ id, name }) => `${name} (${id})`).join('; ')

function changeText(change: NonNullable<EvidenceRow['change']>): string {
  if ('commit' in change) return change.commit
  if ('operation' in change) return `operation ${change.operation}`
  return `deployment ${change.deployment} of ${change.artifact}`
}

type FollowUpOfRow = NonNullable<EvidenceRow['review']>['followUps'][number]

function followUpText({ id, owner, dueOn, doneAt }: FollowUpOfRow): string {
  return `${id} by ${owner.name} until ${dueOn}${doneAt === undefined ? '' : `, done ${doneAt}`}`
}
