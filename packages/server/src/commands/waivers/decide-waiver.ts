import type { WaiverView } from '@breakglass/core/contract'
import { BreakglassError, invariant } from '@breakglass/core/errors'
import { logWaitSecondsMax } from '@breakglass/core/grant'
import type { PublishedProgram } from '@breakglass/core/program'
import { refusalsOf } from '@breakglass/core/waiver'
import { isDigest, msToInstant } from '@breakglass/verify'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { requireProgram } from '../../facts/program.ts'
import { repositoryByKey, repositoryIdOf } from '../../facts/repositories.ts'
import { requireActing } from '../../identity/require-acting.ts'
import { cancelJob, enqueue } from '../../jobs/queue.ts'
import { waitForLedger } from '../../statements/wait-for-ledger.ts'
import { notify } from '../../tell/tell.ts'
import { seal } from '../../texts/seal.ts'
import { openReview } from '../reviews/open-review.ts'
import { voidWaiver, waiverExpiresJob, waiverSoonJob, waiverVoidJob } from './end-waiver.ts'
import { approversOf, oneView, requireAllowed } from './request-waiver.ts'
import { chainAt, type PlaceRow, peopleIn, placesOf, type WaiverRow, waiverById } from './waiver-row.ts'

const tooLate = 'The ledger did not confirm the waiver in time, so nothing is waived. Ask for it again.'

/** Whoever should renew it hears this long before it ends. */
const soonMs = 3 * 86_400_000

/**
 * Approves a waiver as the gate's owner. With the last approval it is granted: each place under a statement of its own, which
 * holds with its proof and not before ("commit, then log, or void", docs/decisions/0006). The program is asked again. Throws
 * `not_found`, `wrong_state`, `refused`, `admin_may_not`, `no_program`, `ledger_unavailable`: then nothing is waived.
 */
export async function approveWaiver(edge: Edge, by: string, id: string): Promise<WaiverView> {
  const sids = await act(edge, run => approve(run, by, id))
  if (sids !== undefined) {
    await waitForLedger(edge, sids, tooLate).catch(async (failure: unknown) => {
      await act(edge, run => voidWaiver(run, id))
      throw failure
    })
    if (!(await act(edge, run => goLive(run, id)))) throw new BreakglassError('ledger_unavailable', tooLate)
  }
  return act(edge, run => oneView(run, id))
}

/** Says no as the gate's owner; from who asked it is a withdrawal. Throws as `approveWaiver`. */
export function declineWaiver(edge: Edge, by: string, id: string, reason: string): Promise<WaiverView> {
  return act(edge, async run => {
    await requireActing(run.tx, by, 'declines no waiver')
    const row = await waitingWaiver(run, id)
    const withdrawn = row.requester === by
    if (!withdrawn && !(await ownersNow(run, row)).includes(by)) throw notTheOwner(row)
    await leave(run, id, withdrawn ? 'withdrawn' : 'declined')
    const sealed = await seal(run, reason)
    if (withdrawn) await say(run, 'waiver.ended', id, { by, reason: sealed, why: 'withdrawn' })
    else {
      await say(run, 'waiver.declined', id, { by, reason: sealed })
      await notify(run, [row.requester], { words: `The waiver of ${row.gate} was declined.`, subject: id })
    }
    return oneView(run, id)
  })
}

async function approve(run: Act, by: string, id: string): Promise<string[] | undefined> {
  const { tx } = run
  await requireActing(tx, by, 'approves no waiver')
  const row = await waitingWaiver(run, id)
  if (row.requester === by || row.owner === by) {
    throw new BreakglassError('refused', `${id}: whoever asks for a waiver or answers for it does not approve it.`)
  }
  if (!(await ownersNow(run, row)).includes(by)) throw notTheOwner(row)
  const approvers = peopleIn(row.approvers)
  if (approvers.includes(by)) throw new BreakglassError('wrong_state', `${id}: you have approved it already.`)
  await say(run, 'waiver.approved', id, { by })
  const all = [...approvers, by]
  await tx.db
    .updateTable('waiver')
    .set({ approvers: JSON.stringify(all) })
    .where('id', '=', id)
    .execute()
  return all.length < row.approvals_needed ? undefined : grant(run, row)
}

async function grant(run: Act, row: WaiverRow): Promise<string[]> {
  const { tx, atMs } = run
  const { published } = await requireProgram(tx)
  const places = await placesOf(tx, row.id)
  const repositories = places.map(({ repository_key }) => repository_key)
  const chain = await chainAt(tx, { gate: row.gate, repositories, except: row.id }, atMs)
  const named = await Promise.all(places.map(place => placeNamed(run, place)))
  requireAllowed(
    row.gate,
    refusalsOf(published.program, { gate: row.gate, places: named, seconds: row.seconds, chain }),
  )
  const expiresAtMs = atMs + row.seconds * 1000
  const sids: string[] = []
  for (const place of places) sids.push(await sayGranted(run, row, place, { published, expiresAtMs }))
  const granted = { granted_at: atMs, expires_at: expiresAtMs, since_at: chain.sinceMs, renewals: chain.renewals }
  const { numUpdatedRows } = await tx.db
    .updateTable('waiver')
    .set({ state: 'granting', program_digest: published.digest, ...granted })
    .where('id', '=', row.id)
    .where('state', '=', 'requested')
    .executeTakeFirst()
  invariant(numUpdatedRows === 1n, `${row.id} is granted once`)
  const job = { key: row.id, attemptsMax: 1000 }
  const voidAt = atMs + logWaitSecondsMax * 1000
  await enqueue(tx, { ...job, id: run.newId('job'), kind: waiverVoidJob, runAt: voidAt })
  return sids
}

async function placeNamed({ tx }: Act, { repository_key, ref }: PlaceRow) {
  const row = await repositoryByKey(tx, repository_key)
  return { repository: repositoryIdOf(row), ref, name: row.name }
}

async function sayGranted(
  run: Act,
  row: WaiverRow,
  place: PlaceRow,
  { published, expiresAtMs }: { published: PublishedProgram; expiresAtMs: number },
): Promise<string> {
  invariant(isDigest(row.reason_commit), `${row.id} was asked for with a reason`)
  const { sid } = await say(run, 'waiver.granted', row.id, {
    expiresAt: msToInstant(expiresAtMs),
    gate: row.gate,
    grantedAt: msToInstant(run.atMs),
    owner: row.owner,
    program: published.digest,
    reason: { commit: row.reason_commit },
    ref: place.ref,
    repository: repositoryIdOf(await repositoryByKey(run.tx, place.repository_key)),
  })
  await run.tx.db
    .updateTable('waiver_place')
    .set({ sid })
    .where('waiver_id', '=', row.id)
    .where('repository_key', '=', place.repository_key)
    .where('ref', '=', place.ref)
    .execute()
  return sid
}

/** Every place has its proof, in time; what comes later changes nothing: a gate never opens unasked. */
async function goLive(run: Act, id: string): Promise<boolean> {
  const { tx, atMs } = run
  const row = await tx.db
    .updateTable('waiver')
    .set({ state: 'live' })
    .where('id', '=', id)
    .where('state', '=', 'granting')
    .where('granted_at', '>=', atMs - logWaitSecondsMax * 1000)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined || row.expires_at === null) {
    await voidWaiver(run, id)
    return false
  }
  await cancelJob(tx, waiverVoidJob, id)
  const job = { key: id, attemptsMax: 1000 }
  await enqueue(tx, { ...job, id: run.newId('job'), kind: waiverExpiresJob, runAt: row.expires_at })
  if (row.seconds * 1000 > soonMs) {
    await enqueue(tx, { ...job, id: run.newId('job'), kind: waiverSoonJob, runAt: row.expires_at - soonMs })
  }
  if (row.renewals > 0) await reviewRenewal(run, row, row.expires_at)
  const words = `${row.gate} is waived until ${msToInstant(row.expires_at)}.`
  await notify(run, [row.requester, row.owner], { words, subject: id })
  return true
}

/** What is waived again and again is looked at each time. */
async function reviewRenewal(run: Act, row: WaiverRow, windowEndsMs: number): Promise<void> {
  const { published } = await requireProgram(run.tx)
  const gate = published.program.gates[row.gate]
  if (gate === undefined) return
  await openReview(run, {
    of: 'waiver_renewal',
    subject: row.id,
    gate,
    program: published.program,
    actor: row.owner,
    form: 'short',
    incidentVerified: false,
    due: { lastUseMs: run.atMs, windowEndsMs, shut: true },
  })
}

async function waitingWaiver({ tx }: Act, id: string): Promise<WaiverRow> {
  const row = await waiverById(tx, id)
  if (row.state === 'requested') return row
  throw new BreakglassError('wrong_state', {
    message: `${id} is ${row.state} and waits for nobody.`,
    data: { state: row.state },
  })
}

/** The gate's owners as of now, whoever they were when it was asked for. */
async function ownersNow(run: Act, row: WaiverRow): Promise<string[]> {
  const { published } = await requireProgram(run.tx)
  const gate = published.program.gates[row.gate]
  return gate === undefined ? [] : approversOf(run, gate, [])
}

const notTheOwner = ({ id, gate }: WaiverRow) =>
  new BreakglassError('refused', `${id}: a waiver of ${gate} is decided by the gate's owner.`)

async function leave({ tx }: Act, id: string, state: 'declined' | 'withdrawn'): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable('waiver')
    .set({ state })
    .where('id', '=', id)
    .where('state', '=', 'requested')
    .executeTakeFirst()
  if (numUpdatedRows !== 1n)
    throw new BreakglassError('conflict', `${id} was decided by somebody else at the same moment.`)
}
