import type { contract, GrantView } from '@breakglass/core/contract'
import { personViews } from '../views/people.ts'
import type { Edge } from '../edge/edge.ts'
import { listFindings } from '../commands/findings/list-findings.ts'
import { resolveFinding } from '../commands/findings/resolve-finding.ts'
import { disclose } from '../commands/disclosures/disclose.ts'
import { listDisclosures, showDisclosure } from '../commands/disclosures/read-disclosures.ts'
import { getAdvice } from '../commands/forum/advice.ts'
import { holdForum } from '../commands/forum/hold-forum.ts'
import { getForumReport, listForums, showForum } from '../commands/forum/read-forums.ts'
import { queryEvidence } from '../commands/evidence/query-evidence.ts'
import { showStatement, subjectStatements } from '../commands/evidence/statements.ts'
import { revokeGrant } from '../commands/glass/end-glass.ts'
import { explainGlass } from '../commands/glass/explain-glass.ts'
import { openGlass } from '../commands/glass/open-glass.ts'
import { blockedChange, grantProof, listGrants, showGrant } from '../commands/glass/read-glass.ts'
import { approveGrant, declineGrant, withdrawGrant } from '../commands/glass/second-person.ts'
import { importDays } from '../commands/landings/import-days.ts'
import { listGates } from '../commands/landings/list-gates.ts'
import { showGateNumbers } from '../commands/landings/show-gate-numbers.ts'
import { nameCause } from '../commands/incidents/name-cause.ts'
import { listIncidents, openIncident, resolveIncident, setIncident } from '../commands/incidents/incidents.ts'
import { addAccount, removeAccount } from '../commands/people/accounts.ts'
import { endPerson } from '../commands/people/end-person.ts'
import { invitePerson, reinvitePerson } from '../commands/people/invite-person.ts'
import { redeemInvitation } from '../commands/people/redeem-invitation.ts'
import { whoami } from '../commands/people/whoami.ts'
import { askEvidence } from '../commands/points/ask-evidence.ts'
import { noteWatching } from '../landings/watching.ts'
import { createConsistency } from '../commands/points/consistency.ts'
import { endPoint } from '../commands/points/end-point.ts'
import { listPoints } from '../commands/points/list-points.ts'
import { passUnavailable } from '../commands/points/pass-unavailable.ts'
import { registerPoint } from '../commands/points/register-point.ts'
import { reportResult } from '../commands/points/report-result.ts'
import { createReporter, endReporter, listReporters } from '../commands/points/reporters.ts'
import { sendObservations } from '../commands/points/send-observations.ts'
import { sendReports } from '../commands/points/send-reports.ts'
import { spendGrants } from '../commands/points/spend-grants.ts'
import { approveProgram, withdrawProgram } from '../commands/program/approve-program.ts'
import { getProcess } from '../commands/process/get-process.ts'
import { publishProgram } from '../commands/program/publish-program.ts'
import { checkProgram, listPrograms, showProgram } from '../commands/program/read-program.ts'
import { answerReview } from '../commands/reviews/answer-review.ts'
import { listReviews, showReview } from '../commands/reviews/read-reviews.ts'
import { doneFollowUp, listFollowUps } from '../commands/reviews/follow-up-list.ts'
import { signReview } from '../commands/reviews/sign-review.ts'
import { getBundle, getRunbook, getTrust } from '../commands/system/documents.ts'
import { health } from '../commands/system/health.ts'
import { status } from '../commands/system/status.ts'
import { approveWaiver, declineWaiver } from '../commands/waivers/decide-waiver.ts'
import { endWaiver } from '../commands/waivers/end-waiver.ts'
import { listWaivers, showWaiver } from '../commands/waivers/read-waivers.ts'
import { requestWaiver } from '../commands/waivers/request-waiver.ts'
import { endRepair, listRepairs, openRepair, showRepair } from '../commands/repairs/repairs.ts'
import type { Handlers } from './app.ts'

/** What a handler may need beyond the edge. */
export interface Surroundings {
  /** Whether the ledger stands on another machine than the server, as far as its address shows. */
  ledgerOutOfBand: boolean
  /** Called when a new version of trust.json was published, to write the file that people carry. */
  trustChanged: () => Promise<void>
}

/** One function a route; each only takes the parts of its call apart. */
export function createHandlers(edge: Edge, { ledgerOutOfBand, trustChanged }: Surroundings): Handlers<typeof contract> {
  const consistency = createConsistency(edge)
  /** Beside the answer, never before it: what was not fetched ahead costs the point a question to the ledger. */
  const foreseen = <Reply>(reply: Reply, grants: (reply: Reply) => readonly GrantView[]): Reply => {
    consistency.foresee(grants(reply)).catch(() => undefined)
    return reply
  }
  return {
    redeemInvitation: ({ body }) => redeemInvitation(edge, body),
    whoami: ({ caller }) => whoami(edge, caller),
    invitePerson: ({ caller, body }) => invitePerson(edge, caller.person, body),
    reinvitePerson: ({ caller, params }) => reinvitePerson(edge, caller.person, params.id),
    listPersons: async () => ({ persons: await edge.store.read(rx => personViews(rx)) }),
    addAccount: ({ caller, params, body }) =>
      addAccount(edge, caller.person, { person: params.id, named: body.account }),
    removeAccount: ({ caller, params, body }) =>
      removeAccount(edge, caller.person, { person: params.id, named: body.account }),
    endPerson: ({ caller, params }) => endPerson(edge, caller.person, params.id),
    createReporter: ({ caller, body }) => createReporter(edge, caller.person, body),
    listReporters: () => listReporters(edge),
    endReporter: ({ caller, params }) => endReporter(edge, caller.person, params.id),
    checkProgram: ({ body }) => checkProgram(edge, body),
    publishProgram: ({ caller, body }) => publishProgram(edge, caller.person, body),
    approveProgram: ({ caller, params }) => approveProgram(edge, caller.person, params.digest),
    withdrawProgram: ({ caller, params }) => withdrawProgram(edge, caller.person, params.digest),
    listPrograms: () => listPrograms(edge),
    showProgram: ({ params }) => showProgram(edge, params.which),
    getBundle: () => getBundle(edge),
    getRunbook: ({ query }) => getRunbook(edge, query.gate),
    explainGlass: ({ caller, body }) => explainGlass(edge, caller.person, body),
    openGlass: async ({ caller, body }) => foreseen(await openGlass(edge, caller.person, body), ({ grants }) => grants),
    listGrants: ({ query }) => listGrants(edge, query),
    // Who waits for a second person looks again and again, and sees it live first.
    showGrant: async ({ params }) => foreseen(await showGrant(edge, params.id), grant => [grant]),
    approveGrant: async ({ caller, params }) =>
      foreseen(await approveGrant(edge, caller.person, params.id), grant => [grant]),
    declineGrant: ({ caller, params, body }) => declineGrant(edge, caller.person, params.id, body.reason),
    withdrawGrant: ({ caller, params }) => withdrawGrant(edge, caller.person, params.id),
    revokeGrant: ({ caller, params, body }) => revokeGrant(edge, caller.person, params.id, body.reason),
    grantProof: ({ params }) => grantProof(edge, params.id),
    blockedChange: ({ query }) => blockedChange(edge, query),
    registerPoint: async ({ caller, body }) => {
      const registered = await registerPoint(edge, caller.person, body)
      await trustChanged()
      return registered
    },
    endPoint: async ({ caller, params }) => {
      const ended = await endPoint(edge, caller.person, params.id)
      await trustChanged()
      return ended
    },
    listPoints: () => listPoints(edge),
    askEvidence: ({ caller, body }) => askEvidence(edge, caller.point, body),
    spendGrants: ({ caller, body }) => spendGrants(edge, caller.point, body),
    sendReports: ({ caller, body }) => sendReports(edge, caller.point, body),
    passUnavailable: ({ caller, body }) => passUnavailable(edge, caller.point, body),
    reportResult: ({ caller, body }) => reportResult(edge, caller, body),
    consistency: ({ caller, query }) => {
      // Beside the answer, too: what is not noted shows as a time in which nobody watched.
      noteWatching(edge, caller.point).catch(() => undefined)
      return consistency.prove(caller.point, query)
    },
    sendObservations: ({ caller, body }) => sendObservations(edge, caller.point, body),
    openIncident: ({ caller, body }) => openIncident(edge, caller.person, body),
    setIncident: ({ caller, params, body }) => setIncident(edge, caller.person, params.id, body),
    nameCause: ({ caller, params, body }) => nameCause(edge, caller.person, params.id, body),
    resolveIncident: ({ caller, params }) => resolveIncident(edge, caller.person, params.id),
    listIncidents: () => listIncidents(edge),
    listReviews: ({ caller, query }) => listReviews(edge, caller.person, query),
    showReview: ({ params }) => showReview(edge, params.id),
    answerReview: ({ caller, params, body }) => answerReview(edge, caller.person, params.id, body),
    requestWaiver: ({ caller, body }) => requestWaiver(edge, caller.person, body),
    listWaivers: ({ query }) => listWaivers(edge, query),
    showWaiver: ({ params }) => showWaiver(edge, params.id),
    approveWaiver: ({ caller, params }) => approveWaiver(edge, caller.person, params.id),
    declineWaiver: ({ caller, params, body }) => declineWaiver(edge, caller.person, params.id, body.reason),
    endWaiver: ({ caller, params, body }) => endWaiver(edge, caller.person, params.id, body.reason),
    openRepair: ({ caller, body }) => openRepair(edge, caller.person, body),
    listRepairs: () => listRepairs(edge),
    showRepair: ({ params }) => showRepair(edge, params.id),
    endRepair: ({ caller, params, body }) => endRepair(edge, caller.person, params.id, body),
    listFollowUps: () => listFollowUps(edge),
    doneFollowUp: ({ caller, params, body }) => doneFollowUp(edge, caller.person, params.id, body.note),
    signReview: ({ caller, params, body }) => signReview(edge, caller.person, params.id, body),
    listFindings: () => listFindings(edge),
    resolveFinding: ({ caller, params, body }) => resolveFinding(edge, caller.person, params.id, body.explanation),
    disclose: ({ caller, body }) => disclose(edge, caller.person, body),
    listDisclosures: ({ caller }) => listDisclosures(edge, caller.person),
    showDisclosure: ({ caller, params }) => showDisclosure(edge, caller.person, params.id),
    getAdvice: () => getAdvice(edge),
    getForumReport: ({ query }) => getForumReport(edge, { ...query, ledgerOutOfBand }),
    holdForum: ({ caller, body }) => holdForum(edge, caller.person, body, { ledgerOutOfBand }),
    listForums: () => listForums(edge),
    showForum: ({ params }) => showForum(edge, params.id),
    listGates: () => listGates(edge),
    showGateNumbers: ({ caller, params, query }) =>
      showGateNumbers(edge, caller.person, { gate: params.gate, ...query }),
    getProcess: ({ query }) => getProcess(edge, query),
    importDays: ({ caller, body }) => importDays(edge, caller.person, body),
    queryEvidence: ({ caller, query }) => queryEvidence(edge, caller.person, query),
    showStatement: ({ params }) => showStatement(edge, params.sid),
    subjectStatements: ({ params }) => subjectStatements(edge, params.id),
    health: () => health(edge),
    status: ({ caller }) => status(edge, caller.person, { ledgerOutOfBand }),
    getTrust: () => getTrust(edge),
  }
}
