import type { ReasonShape } from '@breakglass/core/contract'
import { reason } from '@breakglass/core/contract'
import { blameRemarks } from '@breakglass/core/review'
import { msToInstant } from '@breakglass/verify'
import { incidentOf } from '../commands/glass/grant-row.ts'
import type { KnownReview } from '../commands/reviews/review-facts.ts'
import type { Rx } from '../store/store.ts'
import { readDocument } from '../texts/document.ts'

/** What a reviewer should not have to find out: facts of the record, and words that judge a person. None of it blocks. */
export async function remarksOf(rx: Rx, review: KnownReview, nowMs: number): Promise<string[]> {
  return [
    ...(await ofTheGrant(rx, review)),
    ...(await ofTheFinding(rx, review)),
    ...ofTheRecord(review, nowMs),
    ...ofTheWords(review),
  ]
}

async function ofTheGrant(rx: Rx, { grant, row }: KnownReview): Promise<string[]> {
  if (!grant) return []
  const remarks: string[] = []
  const reasons = reason.parse(JSON.parse(await readDocument(rx, grant.reasons_digest)))
  for (const { lookedAt, found } of flagged(reasons)) remarks.push(`${lookedAt}: ${found}`)
  if (grant.second_person === 'went_solo') {
    remarks.push('Nobody of those who were asked answered in time, and it went on without a second person.')
  }
  const incident = incidentOf(grant)
  if (!incident) remarks.push('No incident was named when the glass was broken.')
  else if (!incident.verified) remarks.push(`Only the actor says that there was an incident: ${incident.id}.`)
  if (grant.authors === JSON.stringify('unknown')) remarks.push('Nothing says who wrote the change.')
  if (grant.class === 'control') remarks.push('The gate guards safety or security.')
  const point = await rx.db.selectFrom('point').selectAll().where('id', '=', grant.at_point).executeTakeFirst()
  if (point?.enforcement === 'cooperative') {
    remarks.push(`${point.name} is cooperative: whoever edits the job could have left the gate out.`)
  }
  if (grant.mode === 'offline')
    remarks.push('It was an offline grant: its uses are what the enforcement point told of.')
  const late = await rx.db
    .selectFrom('glass_use')
    .select('at')
    .where('grant_id', '=', grant.id)
    .where('late', '=', 1)
    .orderBy('at')
    .execute()
  for (const { at } of late) remarks.push(`The use at ${msToInstant(at)} was told of only after the grant had ended.`)
  if (row.sign_offs_needed === 2) remarks.push('Two reviewers sign this.')
  return remarks
}

/** Everything that a rule only noted: a fresh roster entry is one. */
function flagged(node: ReasonShape): ReasonShape[] {
  const own = node.verdict === 'noted' && node.found.startsWith('FLAGGED') ? [node] : []
  return [...own, ...(node.children ?? []).flatMap(flagged)]
}

async function ofTheFinding(rx: Rx, { row }: KnownReview): Promise<string[]> {
  const finding = await rx.db.selectFrom('finding').selectAll().where('id', '=', row.subject).executeTakeFirst()
  if (!finding) return []
  return [
    ...(finding.confidence === 'likely' ? ['The finding is likely, not certain.'] : []),
    ...(finding.while_off === 1 ? ['The protection was off at that moment.'] : []),
    ...(row.actor === null ? ['Nobody is known as the actor; whoever knows what happened may answer.'] : []),
  ]
}

function ofTheRecord({ row, said }: KnownReview, nowMs: number): string[] {
  const due = row.due_at
  const corrections = said.answers.length - 1
  const times = corrections === 1 ? 'once' : `${corrections} times`
  return [
    ...(row.signed_at === null && due !== null && row.provisional === 0 && nowMs > due ? ['It is overdue.'] : []),
    ...(corrections > 0 ? [`The answer was corrected ${times}; every version is on the record.`] : []),
    ...(said.answers.some(({ erased }) => erased) ? ['Words of the answer were erased.'] : []),
    ...(said.signOffs.some(({ signOff }) => !signOff) ? ['Words of a reviewer were erased.'] : []),
    ...(said.signOffs.some(({ kept }) => kept.actorUnavailable)
      ? ['A reviewer states that nobody could be asked.']
      : []),
  ]
}

function ofTheWords({ said }: KnownReview): string[] {
  const last = said.answers.at(-1)
  const spoken = [...Object.values(last?.answer ?? {}), ...said.signOffs.flatMap(({ signOff }) => wordsOf(signOff))]
  const remarks = spoken.flatMap(words => (typeof words === 'string' ? blameRemarks(words) : []))
  return [...new Set(remarks)]
}

function wordsOf(signOff: KnownReview['said']['signOffs'][number]['signOff']): string[] {
  const { words, securityText, noFollowUpReason, followUps = [] } = signOff ?? {}
  return [words ?? '', securityText ?? '', noFollowUpReason ?? '', ...followUps.map(({ text }) => text)]
}
