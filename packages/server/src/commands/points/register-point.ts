import { BreakglassError } from '@breakglass/core/errors'
import { decodeBase64url, parseStatement, thumbprint } from '@breakglass/verify'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import type { PointRow } from '../../facts/point.ts'
import { repositoryByKey, repositoryKey } from '../../facts/repositories.ts'
import { endTokens, issueToken, pointTokenMs } from '../../identity/credentials.ts'
import { metaKeys, readMeta } from '../../store/meta.ts'
import { seal } from '../../texts/seal.ts'
import { nextLedgerIndex, publishTrust } from '../../trust/publish-trust.ts'
import { republishIfNamed } from '../program/republish.ts'
import type { BodyOf, ReplyOf } from './body-of.ts'
import { pointView } from './point-row.ts'
import { waitForLedger } from '../../statements/wait-for-ledger.ts'

type Wish = BodyOf<'registerPoint'>

interface PointPublicKey {
  key: Uint8Array
  kid: string
}

/**
 * Makes an enforcement point: its repository, its key in a new version of trust.json, its one credential, shown once. Asking
 * again with the same key is for who never saw the answer: the earlier token ends and a new one is shown. Throws
 * `bad_input`, `already_exists`, and `ledger_unavailable`: the point is registered then, and asking again ends well.
 */
export async function registerPoint(edge: Edge, by: string, wish: Wish): Promise<ReplyOf<'registerPoint'>> {
  const publicKey = readPublicKey(wish.publicKey)
  const { reply, waiting } = await act(edge, async run => {
    const known = await pointOfKey(run, publicKey.kid)
    const row = known ?? (await addPoint(run, { by, wish, publicKey, origin: edge.log.origin }))
    if (known) await refuseOtherPoint(run, known, { by, wish })
    const { secret } = await replaceToken(run, row, by)
    const view = pointView(row, await repositoryByKey(run.tx, row.repository_key))
    const reply = { point: view, token: secret, organization: run.issuer.organization }
    return { reply, waiting: await unloggedOf(run, row.id) }
  })
  const words = `${reply.point.id} is registered, and the ledger did not confirm it in time. Register the same key again for a token.`
  await waitForLedger(edge, waiting, words)
  return reply
}

function readPublicKey(text: string): PointPublicKey {
  const key = decodeBase64url(text)
  if (key?.length === 32) return { key, kid: thumbprint(key) }
  throw new BreakglassError('bad_input', 'publicKey: expected an Ed25519 key, 32 bytes in canonical base64url.')
}

function pointOfKey({ tx }: Act, kid: string): Promise<PointRow | undefined> {
  return tx.db.selectFrom('point').selectAll().where('kid', '=', kid).executeTakeFirst()
}

interface NewPoint {
  by: string
  wish: Wish
  publicKey: PointPublicKey
  origin: string
}

async function addPoint(run: Act, { by, wish, publicKey, origin }: NewPoint): Promise<PointRow> {
  const { tx, atMs } = run
  const { name, kind, enforcement } = wish
  if (publicKey.kid === run.issuer.signer.kid) {
    throw new BreakglassError('bad_input', 'publicKey: this is the key of the issuer; a point has a key of its own.')
  }
  await refuseTakenName(run, name)
  const key = await putRepository(run, wish.repository)
  const id = run.newId('point')
  const row = await tx.db
    .insertInto('point')
    .values({
      id,
      name,
      kind,
      enforcement,
      repository_key: key,
      public_key: wish.publicKey,
      kid: publicKey.kid,
      event_prev: null,
      registered_at: atMs,
      last_seen_at: null,
      ended_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  const ranges = [{ origin, fromIndex: await nextLedgerIndex(run) }]
  const { digest } = await publishTrust(run, {
    why: 'point_registered',
    by,
    change: trust => ({ ...trust, points: [...trust.points, { id, ...publicKey, ranges }] }),
  })
  const { id: repository } = wish.repository
  const said = { by, kind, enforcement, repository, kid: publicKey.kid, name: await seal(run, name), trust: digest }
  await say(run, 'point.registered', id, said)
  await republishIfNamed(run)
  return row
}

async function refuseTakenName({ tx }: Act, name: string): Promise<void> {
  const taken = await tx.db
    .selectFrom('point')
    .select('id')
    .where('name', '=', name)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (!taken) return
  throw new BreakglassError('already_exists', {
    message: `${JSON.stringify(name)} is the enforcement point ${taken.id} already; give this one another name.`,
    data: { point: taken.id },
  })
}

/** A repository is its id; its name and properties change only by a registration, which is an administrator's act. */
async function putRepository({ tx, atMs }: Act, { id, name, properties }: Wish['repository']): Promise<string> {
  if (![id.forge, id.host, id.id].every(part => /^[!-?A-~]+$/.test(part))) {
    throw new BreakglassError('bad_input', 'repository.id: expected printable ASCII without space and @.')
  }
  const key = repositoryKey(id)
  const other = await tx.db
    .selectFrom('repository')
    .select('key')
    .where('name', '=', name)
    .where('key', '!=', key)
    .executeTakeFirst()
  if (other) {
    throw new BreakglassError('already_exists', {
      message: `${JSON.stringify(name)} is the name of the repository ${other.key} already, and this one is ${key}. Give it another name, or use the id that it was registered with.`,
      data: { repository: other.key },
    })
  }
  const given = { name, properties: JSON.stringify(properties) }
  await tx.db
    .insertInto('repository')
    .values({ key, forge: id.forge, host: id.host, id: id.id, ...given, registered_at: atMs })
    .onConflict(on => on.column('key').doUpdateSet(given))
    .execute()
  return key
}

/** The same key again is the same point: same administrator, same repository, same kind. Anything else is another's key. */
async function refuseOtherPoint({ tx }: Act, row: PointRow, { by, wish }: { by: string; wish: Wish }): Promise<void> {
  const statement = await tx.db
    .selectFrom('statement')
    .select('jws')
    .where('subject', '=', row.id)
    .where('kind', '=', 'point.registered')
    .executeTakeFirstOrThrow()
  const registered = parseStatement(statement.jws)
  const registeredBy = registered.ok ? registered.value.envelope.body['by'] : undefined
  const isSame =
    row.ended_at === null &&
    registeredBy === by &&
    row.repository_key === repositoryKey(wish.repository.id) &&
    row.kind === wish.kind &&
    row.enforcement === wish.enforcement
  if (isSame) return
  throw new BreakglassError('already_exists', {
    message: `This key belongs to the enforcement point ${row.id}, which is of another repository, kind or administrator, or was ended. A point has a key of its own.`,
    data: { point: row.id },
  })
}

async function replaceToken(run: Act, { id, name }: PointRow, by: string) {
  const held = await run.tx.db
    .selectFrom('token')
    .select('id')
    .where('point_id', '=', id)
    .where('ended_at', 'is', null)
    .execute()
  for (const token of held) await endTokens(run, token, { by, why: 'replaced' })
  return issueToken(run, { kind: 'point', point: id, by }, { name, lifeMs: pointTokenMs })
}

/** Nobody should work with a point before the record knows it, nor pin a trust.json that was never logged. */
async function unloggedOf({ tx }: Act, point: string): Promise<string[]> {
  const trust = await readMeta(tx, metaKeys.trustSubject)
  const rows = await tx.db
    .selectFrom('statement')
    .select('sid')
    .where('subject', 'in', [point, trust ?? point])
    .where('ledger_index', 'is', null)
    .execute()
  return rows.map(({ sid }) => sid)
}
