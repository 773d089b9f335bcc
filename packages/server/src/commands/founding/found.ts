import { BreakglassError } from '@breakglass/core/errors'
import { act, type Edge, say } from '../../edge/edge.ts'
import { endInvitations, firstAdminMs, issueInvitation } from '../../identity/credentials.ts'
import { metaKeys, readMeta, writeMeta } from '../../store/meta.ts'
import type { Store } from '../../store/store.ts'
import { seal } from '../../texts/seal.ts'
import { foundTrust } from '../../trust/publish-trust.ts'
import { welcomeLink } from '../people/invite-person.ts'

/** How long a first start waits for the ledger to take entry 0; nothing works before it. */
const foundingWaitMs = 30_000

/** The organisation that this store belongs to; `undefined` before founding. */
export const organizationOf = (store: Store): Promise<string | undefined> =>
  store.read(rx => readMeta(rx, metaKeys.organization))

/**
 * Makes sure that the organisation is founded: `organization.founded` is entry 0 of its own ledger, then trust.json is
 * published. Safe to run at every start and after a crash at any line; the second of two that begin at once waits for the
 * first. Throws `wrong_state` for a ledger or key of somebody else's, `ledger_unavailable`.
 */
export async function ensureFounded(edge: Edge, given: { name: string }): Promise<void> {
  const { organization, signer } = edge.issuer
  if ((await organizationOf(edge.store)) === undefined) await refuseUsedLedger(edge)
  await act(edge, async run => {
    const { tx } = run
    if ((await readMeta(tx, metaKeys.organization)) !== undefined) return
    const administrator = run.newId('person')
    await writeMeta(tx, metaKeys.organization, organization)
    await writeMeta(tx, metaKeys.issuerKid, signer.kid)
    await writeMeta(tx, metaKeys.logOrigin, edge.log.origin)
    await writeMeta(tx, metaKeys.firstAdministrator, administrator)
    await say(run, 'organization.founded', organization, { administrator, name: await seal(run, given.name) })
  })
  await refuseStranger(edge)
  await requireEntryZero(edge)
  await act(edge, async run => {
    if ((await readMeta(run.tx, metaKeys.trustDigest)) !== undefined) return
    await foundTrust(run, { policyText: edge.log.policyText, issuerKey: signer.publicKey })
  })
}

/** Entry 0 names the organisation, so a ledger that holds something already is another's, or this store was lost. */
async function refuseUsedLedger({ ledger }: Edge): Promise<void> {
  const { size, origin } = await ledger.head()
  if (size === 0) return
  throw new BreakglassError('wrong_state', {
    message: `The ledger ${origin} holds ${size} entries, and this database is new. Either it is another organisation's ledger, or the database was lost: restore it from its backup, or begin with a new ledger. Nothing was changed.`,
    data: { origin, size },
  })
}

/** A store that was founded with another key or log must not be continued with this one. */
async function refuseStranger({ store, issuer, log }: Edge): Promise<void> {
  const [kid, origin, organization] = await store.read(async rx => [
    await readMeta(rx, metaKeys.issuerKid),
    await readMeta(rx, metaKeys.logOrigin),
    await readMeta(rx, metaKeys.organization),
  ])
  if (organization !== issuer.organization) {
    throw new BreakglassError('conflict', 'Another server founded the organisation at this moment; start again.')
  }
  if (kid !== issuer.signer.kid) {
    throw new BreakglassError(
      'wrong_state',
      `The issuer's key here (${issuer.signer.kid}) is not the one this database was founded with (${kid}). Bring back issuer.seed from its backup.`,
    )
  }
  if (origin === log.origin) return
  throw new BreakglassError(
    'wrong_state',
    `The ledger here is ${log.origin}, and this database was founded with ${origin}. Name that one with --ledger-url and --ledger-vkey.`,
  )
}

async function requireEntryZero({ store, outbox, issuer, nowMs }: Edge): Promise<void> {
  const founded = await store.read(rx =>
    rx.db
      .selectFrom('statement')
      .select('sid')
      .where('subject', '=', issuer.organization)
      .where('seq', '=', 1)
      .executeTakeFirstOrThrow(),
  )
  if (!(await outbox.waitFor([founded.sid], nowMs() + foundingWaitMs))) {
    throw new BreakglassError('ledger_unavailable', 'The ledger did not take entry 0; start again when it answers.')
  }
  const { ledger_index } = await store.read(rx =>
    rx.db.selectFrom('statement').select('ledger_index').where('sid', '=', founded.sid).executeTakeFirstOrThrow(),
  )
  if (ledger_index === 0) return
  throw new BreakglassError(
    'wrong_state',
    `Entry 0 of the ledger belongs to somebody else (the founding stands at ${ledger_index}). Begin again with a new ledger and a new database.`,
  )
}

/**
 * Refuses a database that is older than its ledger: a copy that was restored has forgotten what was signed after it. Grants
 * that were spent since could be spent again, and chains would be continued where they have gone on already. Everything in
 * the ledger was in the database before it was sent, so whatever is there beyond what we know or still send was forgotten.
 * Throws `wrong_state`, `ledger_unavailable`.
 */
export async function refuseForgetful({ ledger, store }: Edge): Promise<void> {
  // The head first: what is appended meanwhile was written down before.
  const { size } = await ledger.head()
  const { logged, unlogged } = await store.read(async rx => {
    const row = await rx.db
      .selectFrom('statement')
      .select(eb => [eb.fn.max<number | null>('ledger_index').as('last'), eb.fn.countAll<number>().as('all')])
      .executeTakeFirstOrThrow()
    const known = await rx.db
      .selectFrom('statement')
      .select(eb => eb.fn.countAll<number>().as('count'))
      .where('ledger_index', 'is not', null)
      .executeTakeFirstOrThrow()
    return { logged: (row.last ?? -1) + 1, unlogged: Number(row.all) - Number(known.count) }
  })
  if (size <= logged + unlogged) return
  throw new BreakglassError('wrong_state', {
    message: `The ledger holds ${size} entries, and this database knows of ${logged + unlogged}: it is an older copy. What was granted and spent since is unknown to it, so nothing may be opened by it. Bring back the newest copy; docs/operations.md "What to back up" says what to do when there is none.`,
    data: { ledger: size, known: logged + unlogged },
  })
}

/**
 * While nobody administers: a link that makes the first administrator. New at each start; the one before ends. `undefined`
 * where somebody does, so that a restart gives nobody a second way in.
 */
export function offerFirstAdministrator(edge: Edge): Promise<string | undefined> {
  return act(edge, async run => {
    const admin = await run.tx.db
      .selectFrom('person_role')
      .innerJoin('person', 'person.id', 'person_role.person_id')
      .select('person.id')
      .where('person_role.role', '=', 'admin')
      .limit(1)
      .executeTakeFirst()
    if (admin) return undefined
    await endInvitations(run, 'first_admin', { why: 'replaced' })
    const { secret } = await issueInvitation(run, { purpose: 'first_admin', lifeMs: firstAdminMs })
    return welcomeLink(edge.url, secret)
  })
}
