import * as advise from './advise.ts'
import * as disclosures from './disclosures.ts'
import * as evidence from './evidence.ts'
import * as findings from './findings.ts'
import * as forum from './forum.ts'
import * as gates from './gates.ts'
import * as glass from './glass.ts'
import * as incidents from './incidents.ts'
import * as people from './people.ts'
import * as points from './points.ts'
import * as programProcess from './process.ts'
import * as program from './program.ts'
import * as repairs from './repairs.ts'
import * as reviews from './reviews.ts'
import * as system from './system.ts'
import * as waivers from './waivers.ts'

export type { Access, AnyEndpoint, Endpoint } from './endpoint.ts'
export * from './shapes.ts'

/** Every route, by id. `server/http` serves exactly these; `cli` and `web` call exactly these; OpenAPI is printed from them. */
export const contract = {
  redeemInvitation: people.redeemInvitation,
  whoami: people.whoami,
  invitePerson: people.invitePerson,
  reinvitePerson: people.reinvitePerson,
  listPersons: people.listPersons,
  addAccount: people.addAccount,
  removeAccount: people.removeAccount,
  endPerson: people.endPerson,
  createReporter: people.createReporter,
  listReporters: people.listReporters,
  endReporter: people.endReporter,
  checkProgram: program.checkProgramRemote,
  publishProgram: program.publishProgram,
  approveProgram: program.approveProgram,
  withdrawProgram: program.withdrawProgram,
  listPrograms: program.listPrograms,
  showProgram: program.showProgram,
  getBundle: program.getBundle,
  getRunbook: program.getRunbook,
  explainGlass: glass.explainGlass,
  openGlass: glass.openGlass,
  listGrants: glass.listGrants,
  showGrant: glass.showGrant,
  approveGrant: glass.approveGrant,
  declineGrant: glass.declineGrant,
  withdrawGrant: glass.withdrawGrant,
  revokeGrant: glass.revokeGrant,
  grantProof: glass.grantProof,
  blockedChange: glass.blockedChange,
  registerPoint: points.registerPoint,
  endPoint: points.endPoint,
  listPoints: points.listPoints,
  askEvidence: points.askEvidence,
  spendGrants: points.spendGrants,
  sendReports: points.sendReports,
  passUnavailable: points.passUnavailable,
  reportResult: points.reportResult,
  consistency: points.consistency,
  sendObservations: points.sendObservations,
  openIncident: incidents.openIncident,
  setIncident: incidents.setIncident,
  nameCause: incidents.nameCause,
  resolveIncident: incidents.resolveIncident,
  listIncidents: incidents.listIncidents,
  listReviews: reviews.listReviews,
  showReview: reviews.showReview,
  answerReview: reviews.answerReview,
  signReview: reviews.signReview,
  requestWaiver: waivers.requestWaiver,
  listWaivers: waivers.listWaivers,
  showWaiver: waivers.showWaiver,
  approveWaiver: waivers.approveWaiver,
  declineWaiver: waivers.declineWaiver,
  endWaiver: waivers.endWaiver,
  openRepair: repairs.openRepair,
  listRepairs: repairs.listRepairs,
  showRepair: repairs.showRepair,
  endRepair: repairs.endRepair,
  listFollowUps: repairs.listFollowUps,
  doneFollowUp: repairs.doneFollowUp,
  listFindings: findings.listFindings,
  resolveFinding: findings.resolveFinding,
  disclose: disclosures.disclose,
  listDisclosures: disclosures.listDisclosures,
  showDisclosure: disclosures.showDisclosure,
  getAdvice: advise.getAdvice,
  getForumReport: forum.getForumReport,
  holdForum: forum.holdForum,
  listForums: forum.listForums,
  showForum: forum.showForum,
  listGates: gates.listGates,
  showGateNumbers: gates.showGateNumbers,
  importDays: gates.importDays,
  getProcess: programProcess.getProcess,
  queryEvidence: evidence.queryEvidence,
  showStatement: evidence.showStatement,
  subjectStatements: evidence.subjectStatements,
  health: system.health,
  status: system.status,
  getTrust: system.getTrust,
} as const
export type RouteId = keyof typeof contract

export { type FollowUpView, type RepairView } from './repairs.ts'
export { reviewView, type ReviewView } from './reviews.ts'
export { type WaiverView } from './waivers.ts'
export { type DisclosureView } from './disclosures.ts'
export { findingView, type FindingView, driftView } from './findings.ts'
export { forumRecord, type ForumView } from './forum.ts'
export { reporterView } from './people.ts'
export { type GlassRequest, glassRequest } from './glass.ts'
export { type GateNumbersView, gateNumbersView, type LandingView } from './gates.ts'
