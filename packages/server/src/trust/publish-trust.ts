import { BreakglassError, invariant } from '@breakglass/core/errors'
import type { StatementBody } from '@breakglass/core/statement'
import {
  checkTrustSuccession,
  type Digest,
  formatTrust,
  isDigest,
  parseTrust,
  parseTrustPolicy,
  thumbprint,
  type Trust,
  trustBytesMax,
} from '@breakglass/verify'
import { type Act, say } from '../edge/edge.ts'
import { metaKeys, readMeta, writeMeta } from '../store/meta.ts'
import type { Rx } from '../store/store.ts'
import { keepDocument, readDocument } from '../texts/document.ts'

type Why = StatementBody<'trust.published'>['why']

export interface PublishedTrust {
  digest: Digest
  version: number
  /** Of `trust.published`. */
  sid: string
}

/** The newest trust.json, byte for byte as it was logged. Throws `not_found` before the organisation was founded. */
export async function currentTrustText(rx: Rx): Promise<string> {
  const digest = await readMeta(rx, metaKeys.trustDigest)
  if (digest !== undefined) return readDocument(rx, digest)
  throw new BreakglassError('not_found', 'There is no trust.json yet: nothing has been founded on this server.')
}

export async function currentTrust(rx: Rx): Promise<Trust> {
  const parsed = parseTrust(await currentTrustText(rx))
  invariant(parsed.ok, 'the trust.json that is kept can be read')
  return parsed.value
}

/** Version 1 (docs/formats/trust.md): the issuer may sign everything from the first entry on, and no point is known yet. */
export async function foundTrust(
  run: Act,
  { policyText, issuerKey }: { policyText: string; issuerKey: Uint8Array },
): Promise<PublishedTrust> {
  const policy = parseTrustPolicy(policyText)
  if (!policy.ok) throw new BreakglassError('bad_input', 'The trust policy of the log cannot be read.')
  const kid = thumbprint(issuerKey)
  invariant(kid === run.issuer.signer.kid, 'the organisation is founded with the key that signs')
  const ranges = policy.value.logs.map(({ key }) => ({ origin: key.name, fromIndex: 0 }))
  await writeMeta(run.tx, metaKeys.trustSubject, run.newId('trust'))
  return keepVersion(run, { why: 'founding' }, undefined, {
    organization: run.issuer.organization,
    policy: policy.value,
    policyText,
    issuers: [{ kid, key: issuerKey, kinds: ['*'], ranges }],
    points: [],
  })
}

/**
 * A new version of trust.json: kept by digest and said on the record. A change that would take a key back is a defect of
 * whoever asks for it (docs/formats/trust.md: keys are ended by index, never removed).
 */
export async function publishTrust(
  run: Act,
  { change, ...said }: { why: Why; by?: string; change: (trust: Trust) => Trust },
): Promise<PublishedTrust> {
  const previous = await currentTrust(run.tx)
  const next = change(previous)
  await refuseFull(run.tx, previous, next)
  const faults = checkTrustSuccession(previous, next)
  invariant(faults.length === 0, `trust.json goes on: ${faults.map(({ at, code }) => `${at} ${code}`).join(', ')}`)
  return keepVersion(run, said, previous, next)
}

/** More than any one point takes up in the file. */
const pointBytesMax = 2048

/** docs/formats/trust.md: a verifier reads no larger file, and no key is ever removed, so a full one stays full. */
async function refuseFull(rx: Rx, previous: Trust, next: Trust): Promise<void> {
  if (next.points.length <= previous.points.length) return
  const { length } = await currentTrustText(rx)
  if (length + pointBytesMax <= trustBytesMax) return
  throw new BreakglassError(
    'too_large',
    `trust.json is full: it holds ${previous.points.length} keys of enforcement points in ${length} bytes, at most ${trustBytesMax}.`,
  )
}

async function keepVersion(
  run: Act,
  said: { why: Why; by?: string },
  previous: Trust | undefined,
  next: Trust,
): Promise<PublishedTrust> {
  const { tx } = run
  const version = Number((await readMeta(tx, metaKeys.trustVersion)) ?? '0') + 1
  invariant((version === 1) === (previous === undefined), 'the first version has none before it')
  const before = await readMeta(tx, metaKeys.trustDigest)
  const trust = await keepDocument(run, formatTrust(next))
  await writeMeta(tx, metaKeys.trustVersion, String(version))
  await writeMeta(tx, metaKeys.trustDigest, trust.digest)
  const subject = await readMeta(tx, metaKeys.trustSubject)
  invariant(subject !== undefined, 'trust.json has a subject')
  const { sid } = await say(run, 'trust.published', subject, {
    trust,
    version,
    ...(isDigest(before ?? '') && { previous: before ?? '' }),
    ...said,
  })
  return { digest: trust.digest, version, sid }
}

/** From which index on a key that is added in this act may be named: nothing before it was ever signed by it. */
export async function nextLedgerIndex({ tx }: Pick<Act, 'tx'>): Promise<number> {
  const row = await tx.db
    .selectFrom('statement')
    .select(eb => eb.fn.max('ledger_index').as('index'))
    .executeTakeFirst()
  return (row?.index ?? -1) + 1
}
