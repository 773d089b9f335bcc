import type { GlassRequest, GrantView } from '@breakglass/core/contract'
import { BreakglassError, invariant } from '@breakglass/core/errors'
import { logWaitSecondsMax } from '@breakglass/core/grant'
import { resolveMembers } from '@breakglass/core/decide'
import type { StatementBody } from '@breakglass/core/statement'
import { msToInstant } from '@breakglass/verify'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { changeKey } from '../../facts/change.ts'
import { enqueue } from '../../jobs/queue.ts'
import { notify } from '../../tell/tell.ts'
import { keepData } from '../../texts/data-document.ts'
import type { DocumentReference } from '../../texts/document.ts'
import { type Commitment, seal } from '../../texts/seal.ts'
import { grantViews } from '../../views/grant-view.ts'
import { type Asked, ask } from './ask.ts'
import { voidGrant } from './go-live.ts'
import { grantNow } from './grant-now.ts'
import { type GrantRow, grantById } from './grant-row.ts'
import { countRefusal } from './refuse.ts'

export const waitOverJob = 'glass.wait_over'

export interface Opened {
  request: string
  grants: GrantView[]
}

/**
 * Breaks glass: for each gate one decision, one grant, one review, all in one transaction; then waits until the ledger
 * proves it, or says that nothing was opened.
 *
 * Throws `no_program`, `not_found`, `bad_input`, `too_many`; `ledger_unavailable` when every grant of the request is void.
 */
export async function openGlass(edge: Edge, person: string, given: GlassRequest): Promise<Opened> {
  const clockSkewMs = edge.clockSkewMs()
  const { request, ids } = await act(edge, async run => {
    const asked = await ask(run.tx, { person, nowMs: run.atMs, clockSkewMs }, given)
    for (const one of asked) requireKnownGate(one)
    const request = run.newId('request')
    const justification = await seal(run, given.justification)
    const ids: string[] = []
    for (const one of asked) ids.push(await record(run, { person, request, justification }, one))
    return { request, ids }
  })
  await settle(edge, ids)
  return edge.store.read(async rx => {
    const rows: GrantRow[] = []
    for (const id of ids) rows.push(await grantById(rx, id))
    return { request, grants: await grantViews(rx, rows, edge.nowMs()) }
  })
}

/** A name that the program does not know is a slip, and no refusal of anything: nothing is recorded, nothing is opened. */
function requireKnownGate({ gate, request, decision }: Asked): void {
  if (gate) return
  const remedy = decision.outcome === 'refused' ? decision.remedy : 'breakglass runbook shows them'
  throw new BreakglassError('not_found', `The program has no gate ${request.gate}; ${remedy}. Nothing was opened.`)
}

/**
 * "Commit, then log, or void": waits for the proofs of what was granted just now. What has none by then is void, and never
 * opens. Throws `ledger_unavailable` if no grant is left of those that were made.
 */
export async function settle(edge: Edge, ids: readonly string[]): Promise<void> {
  const granted = await edge.store.read(async rx => {
    const rows: GrantRow[] = []
    for (const id of ids) rows.push(await grantById(rx, id))
    return rows.filter(row => row.state === 'granted')
  })
  if (granted.length === 0) return
  const sids = granted.flatMap(({ granted_sid }) => granted_sid ?? [])
  const deadlineMs = Math.min(...granted.map(row => row.granted_at ?? 0)) + logWaitSecondsMax * 1000
  if (await edge.outbox.waitFor(sids, deadlineMs)) return refuseIfAllVoid(edge, granted)
  await act(edge, async run => {
    for (const { id } of granted) await voidGrant(run, id, 'no_proof_in_time')
  })
  await refuseIfAllVoid(edge, granted)
}

async function refuseIfAllVoid(edge: Edge, granted: readonly GrantRow[]): Promise<void> {
  const states = await edge.store.read(rx =>
    rx.db
      .selectFrom('glass')
      .select(['id', 'state'])
      .where(
        'id',
        'in',
        granted.map(({ id }) => id),
      )
      .execute(),
  )
  if (states.some(({ state }) => state !== 'void')) return
  throw new BreakglassError('ledger_unavailable', {
    message: `The ledger did not prove the grant within ${logWaitSecondsMax} s. Nothing was opened, and nothing of this will open later. Ask again when it answers; breakglass status shows it.`,
    data: { void: states.map(({ id }) => id) },
  })
}

interface Common {
  person: string
  request: string
  justification: Commitment
}

/** One gate of the request, written down as what its decision came to. */
async function record(run: Act, common: Common, asked: Asked): Promise<string> {
  const { decision } = asked
  const documents = {
    reasons: await keepData(run, decision.reasons),
    roster: await keepData(run, asked.facts.roster),
  }
  const id = run.newId('grant')
  if (decision.outcome === 'refused') return recordRefusal(run, common, asked, { ...documents, id })
  await insertRow(run, common, asked, { ...documents, id })
  await say(run, 'glass.requested', id, requestedBody(common, asked, documents))
  const row = await grantById(run.tx, id)
  if (decision.outcome === 'granted') {
    await grantNow(run, row, { program: asked.program, decision, ...documents })
    return id
  }
  const job = { id: run.newId('job'), kind: waitOverJob, key: id, runAt: decision.untilMs }
  await enqueue(run.tx, { ...job, attemptsMax: 1000 })
  const words = `A second person is asked for: ${asked.request.gate}. Approve or decline it.`
  await notify(run, decision.mayApprove, { words, subject: id })
  return id
}

interface Documents {
  reasons: DocumentReference
  roster: DocumentReference
}

async function recordRefusal(
  run: Act,
  common: Common,
  asked: Asked,
  given: Documents & { id: string },
): Promise<string> {
  const { decision, request } = asked
  invariant(decision.outcome === 'refused', 'only a refusal is recorded as one')
  const counted = await countRefusal(run, common.person, decision.code)
  await insertRow(run, common, asked, given)
  if (counted === 'count only') return given.id
  const { incident } = request
  await say(run, 'glass.refused', given.id, {
    ...askedBody(common, asked, given),
    code: decision.code,
    actor: common.person,
    ...(incident !== undefined && { incident }),
  })
  return given.id
}

function askedBody({ request: id, justification }: Common, { request, program }: Asked, documents: Documents) {
  const { gate, repository, ref, change, at, mode } = request
  return {
    request: id,
    gate,
    repository,
    ...(ref !== undefined && { ref }),
    change,
    at,
    mode,
    justification,
    program: program.published.digest,
    reasons: documents.reasons,
    roster: documents.roster,
  }
}

function requestedBody(common: Common, asked: Asked, documents: Documents): StatementBody<'glass.requested'> {
  const { decision, facts, gate } = asked
  invariant(decision.outcome !== 'refused' && gate, 'what is not refused names a gate of the program')
  const waits = decision.outcome === 'waiting' ? decision : undefined
  const incident = incidentSnapshot(asked)
  return {
    ...askedBody(common, asked, documents),
    actor: common.person,
    boundary: gate.boundary,
    ...(incident && { incident }),
    secondPerson: waits?.secondPerson ?? 'not_needed',
    ...(waits && { waitsUntil: msToInstant(waits.untilMs) }),
    mayApprove: waits?.mayApprove ?? [],
    ...(facts.authors !== 'unknown' && { authors: [...facts.authors] }),
    ttlSeconds: decision.terms.ttlSeconds,
    uses: decision.terms.uses,
    keeps: decision.terms.keeps,
    enforcement: facts.point.enforcement,
  }
}

/** As it was known at that moment; an incident that is not open is no part of a grant. */
function incidentSnapshot({ facts: { incident } }: Asked) {
  if (incident.state !== 'open') return undefined
  const { id, severity, verified } = incident
  return { id, severity, verified }
}

async function insertRow(run: Act, common: Common, asked: Asked, given: Documents & { id: string }): Promise<void> {
  const { request, repository, program, gate, facts, decision } = asked
  invariant(gate, 'what is recorded names a gate of the program')
  const { outcome } = decision
  const terms = decision.outcome === 'refused' ? undefined : decision.terms
  const waits = decision.outcome === 'waiting' ? decision : undefined
  const incident = incidentSnapshot(asked)
  await run.tx.db
    .insertInto('glass')
    .values({
      id: given.id,
      request_id: common.request,
      state: outcome === 'granted' ? 'requested' : outcome,
      gate: request.gate,
      boundary: gate.boundary,
      class: gate.class,
      repository_key: repository.key,
      ref: request.ref ?? null,
      change_key: changeKey(request.change),
      change: JSON.stringify(request.change),
      at_point: request.at,
      mode: request.mode,
      actor: common.person,
      second_person: waits ? 'awaited' : 'not_needed',
      approvers: '[]',
      may_approve: JSON.stringify(waits?.mayApprove ?? []),
      waiting_since_at: waits ? run.atMs : null,
      waits_until_at: waits?.untilMs ?? null,
      justification_commit: common.justification.commit,
      incident_id: request.incident ?? null,
      incident: incident ? JSON.stringify(incident) : null,
      ttl_seconds: terms?.ttlSeconds ?? request.ttlSeconds ?? 0,
      uses: terms?.uses ?? 1,
      program_digest: program.published.digest,
      keeps: JSON.stringify(terms?.keeps ?? []),
      authors: JSON.stringify(facts.authors),
      reasons_digest: given.reasons.digest,
      roster_digest: given.roster.digest,
      requested_at: run.atMs,
      granted_at: null,
      expires_at: null,
      granted_sid: null,
      live_at: null,
      revoked_at: null,
      shut_at: null,
      shut_confirmed_by: null,
      refusal_code: decision.outcome === 'refused' ? decision.code : null,
      refusal_remedy: decision.outcome === 'refused' ? decision.remedy : null,
      told: JSON.stringify(outcome === 'refused' ? [] : toldOf(asked, common.person)),
    })
    .execute()
}

/** Who learns of a broken glass at once: the people of the gate's owner. */
function toldOf({ gate, facts }: Asked, actor: string): string[] {
  const owners = gate ? [...resolveMembers([gate.owner], facts.roster).people.keys()] : []
  return owners.filter(person => person !== actor).sort()
}
