import type { GrantedBody, PassedUnavailableBody, ProgramPublishedBody, WaiverGrantedBody } from '@breakglass/verify'
import type { z } from 'zod'
import { credentialEnded, credentialIssued } from './body/credential.ts'
import { disclosureMade } from './body/disclosure.ts'
import { evidenceRead } from './body/evidence.ts'
import { findingDetected, findingResolved } from './body/finding.ts'
import { followupDone, followupRecorded } from './body/followup.ts'
import { forumHeld } from './body/forum.ts'
import { gateRecovered } from './body/gate.ts'
import {
  glassApproved,
  glassDeclined,
  glassExpired,
  glassRefused,
  glassRequested,
  glassRevoked,
  glassShut,
  glassUsed,
  glassVoided,
  glassWentSolo,
  glassWithdrawn,
} from './body/glass.ts'
import { identityAccount, identityEnded, identityLinked } from './body/identity.ts'
import { incidentCause, incidentOpened, incidentResolved, incidentSet } from './body/incident.ts'
import { organizationFounded } from './body/organization.ts'
import { pointRegistered } from './body/point.ts'
import { programApproved, programProposed, programWithdrawn } from './body/program.ts'
import { protectionRestored, protectionWeakened } from './body/protection.ts'
import { repairEnded, repairOpened } from './body/repair.ts'
import { reviewAnswered, reviewClosedBySystem, reviewOpened, reviewOverdue, reviewSigned } from './body/review.ts'
import { trustPublished } from './body/trust.ts'
import { waiverApproved, waiverDeclined, waiverEnded, waiverRequested } from './body/waiver.ts'
import type { StatementKind, statementKinds } from './kinds.ts'

/** Kinds that open a gate; `@breakglass/verify` owns and parses their bodies, because a stranger must. */
export type OpeningKind = {
  [K in StatementKind]: (typeof statementKinds)[K]['opens'] extends true ? K : never
}[StatementKind]

/** The body of each kind that opens no gate. What is written for good is parsed by this first. */
export const statementBodies = {
  'organization.founded': organizationFounded,
  'trust.published': trustPublished,
  'program.proposed': programProposed,
  'program.approved': programApproved,
  'program.withdrawn': programWithdrawn,
  'glass.requested': glassRequested,
  'glass.approved': glassApproved,
  'glass.declined': glassDeclined,
  'glass.withdrawn': glassWithdrawn,
  'glass.went_solo': glassWentSolo,
  'glass.refused': glassRefused,
  'glass.voided': glassVoided,
  'glass.used': glassUsed,
  'glass.expired': glassExpired,
  'glass.revoked': glassRevoked,
  'glass.shut': glassShut,
  'review.opened': reviewOpened,
  'review.answered': reviewAnswered,
  'review.signed': reviewSigned,
  'review.overdue': reviewOverdue,
  'review.closed_by_system': reviewClosedBySystem,
  'followup.recorded': followupRecorded,
  'followup.done': followupDone,
  'finding.detected': findingDetected,
  'finding.resolved': findingResolved,
  'disclosure.made': disclosureMade,
  'protection.weakened': protectionWeakened,
  'protection.restored': protectionRestored,
  'gate.recovered': gateRecovered,
  'waiver.requested': waiverRequested,
  'waiver.approved': waiverApproved,
  'waiver.declined': waiverDeclined,
  'waiver.ended': waiverEnded,
  'repair.opened': repairOpened,
  'repair.ended': repairEnded,
  'incident.opened': incidentOpened,
  'incident.set': incidentSet,
  'incident.cause': incidentCause,
  'incident.resolved': incidentResolved,
  'identity.linked': identityLinked,
  'identity.account_added': identityAccount,
  'identity.account_removed': identityAccount,
  'identity.ended': identityEnded,
  'credential.issued': credentialIssued,
  'credential.ended': credentialEnded,
  'point.registered': pointRegistered,
  'evidence.read': evidenceRead,
  'forum.held': forumHeld,
} as const satisfies Record<Exclude<StatementKind, OpeningKind>, z.ZodType>

interface OpeningBodies {
  'program.published': ProgramPublishedBody
  'glass.granted': GrantedBody
  'gate.passed_unavailable': PassedUnavailableBody
  'waiver.granted': WaiverGrantedBody
}

/** The type of a kind's body, whoever owns it. */
export type StatementBody<K extends StatementKind> = K extends keyof typeof statementBodies
  ? z.infer<(typeof statementBodies)[K]>
  : K extends keyof OpeningBodies
    ? OpeningBodies[K]
    : never
