import type { ReviewAnswer, ReviewSignOff } from '@breakglass/core/review'
import { msToInstant } from '@breakglass/verify'
import { changeOf, type GrantRow, incidentOf } from '../commands/glass/grant-row.ts'
import type { KnownReview } from '../commands/reviews/review-facts.ts'
import { laterResults } from '../facts/later-result.ts'
import type { Rx } from '../store/store.ts'
import { openSealed } from '../texts/seal.ts'

type Field = keyof ReviewAnswer | keyof ReviewSignOff
type Prefilled = Partial<Record<Field, string>>

/** What is known already, in plain words by the field of the form that it helps with. Nothing here is guessed. */
export async function prefilledOf(rx: Rx, { grant, row }: KnownReview): Promise<Record<string, string>> {
  const known: Prefilled = grant
    ? await ofGrant(rx, grant)
    : {
        ...(await ofFinding(rx, row.subject)),
        ...(await ofWindow(rx, row.subject)),
        ...(await ofDisclosure(rx, row.subject)),
      }
  return Object.fromEntries(Object.entries(known).filter(([, words]) => words !== ''))
}

async function ofGrant(rx: Rx, grant: GrantRow): Promise<Prefilled> {
  const justification = (await openSealed(rx, [grant.justification_commit])).get(grant.justification_commit)
  const uses = await rx.db.selectFrom('glass_use').selectAll().where('grant_id', '=', grant.id).orderBy('at').execute()
  const asked = justification ? `When it was asked for: ${justification}` : 'What was written then has been erased.'
  if (uses.length === 0) return { whyRequested: asked, whyNotNeeded: unusedWords(grant) }
  const place = grant.ref ?? 'no ref'
  const lastUse = uses.at(-1)
  return {
    unusableText: asked,
    result: uses.map(use => `${landedWords(grant, use.new)} on ${place} at ${msToInstant(use.at)}.`).join(' '),
    incident: incidentWords(grant),
    minutesLost: waitWords(grant),
    diffReviewed: uses.map(use => diffWords(use)).join(' '),
    ...(lastUse && { skippedCheck: await laterWords(rx, grant, lastUse.at) }),
  }
}

const unusedWords = (grant: GrantRow) =>
  grant.shut_at === null ? '' : `It was open until ${msToInstant(grant.shut_at)} and nobody used it.`

function landedWords(grant: GrantRow, landed: string | null): string {
  const change = changeOf(grant)
  const asked = 'commit' in change ? change.commit : 'operation' in change ? change.operation : change.deployment
  return landed === null || landed === asked ? `Landed: ${asked}` : `Granted for ${asked}, landed as ${landed}`
}

function incidentWords(grant: GrantRow): string {
  const incident = incidentOf(grant)
  if (!incident) return ''
  return `${incident.id}, ${incident.severity}, ${incident.verified ? 'confirmed by somebody else' : 'not confirmed by anybody else'}`
}

/** From asking to the open gate; what it cost besides only people know. */
function waitWords({ requested_at, live_at }: GrantRow): string {
  if (live_at === null) return ''
  return `${Math.round((live_at - requested_at) / 60_000)} minutes passed between asking and the open gate.`
}

const diffWords = (use: { old: string | null; new: string | null }) =>
  use.old !== null && use.new !== null ? `git diff ${objectName(use.old)} ${objectName(use.new)}` : ''

const objectName = (commit: string) => commit.slice(commit.indexOf(':') + 1)

const laterWordsOf = { pass: 'passed', fail: 'failed', could_not_run: 'could not run' } as const

async function laterWords(rx: Rx, grant: GrantRow, usedAtMs: number): Promise<string> {
  const later = (await laterResults(rx, [grant]))(grant, usedAtMs)
  return later ? `It ${laterWordsOf[later.result]} on this change at ${msToInstant(later.atMs)}.` : ''
}

async function ofFinding(rx: Rx, id: string): Promise<Prefilled> {
  const finding = await rx.db.selectFrom('finding').selectAll().where('id', '=', id).executeTakeFirst()
  if (!finding) return {}
  const landed = finding.new === null ? 'Something landed' : `${finding.new} landed`
  return {
    result: `${landed} on ${finding.ref}; it was found at ${msToInstant(finding.detected_at)}.`,
    diffReviewed: diffWords(finding),
  }
}

async function ofDisclosure(rx: Rx, id: string): Promise<Prefilled> {
  const told = await rx.db.selectFrom('disclosure').selectAll().where('id', '=', id).executeTakeFirst()
  if (!told) return {}
  return { result: `${told.commit_id} landed on ${told.ref}; somebody told of it at ${msToInstant(told.at)}.` }
}

async function ofWindow(rx: Rx, id: string): Promise<Prefilled> {
  const window = await rx.db.selectFrom('unavailable_window').selectAll().where('id', '=', id).executeTakeFirst()
  if (!window) return {}
  const passes = await rx.db.selectFrom('unavailable_pass').select('change').where('window_id', '=', id).execute()
  const until = msToInstant(window.recovered_at ?? window.until_at)
  const span = `from ${msToInstant(window.from_at)} until ${until}`
  return {
    unusable: 'The gate could not run, and the program lets it pass for a while then.',
    result: `Changes that passed ${span}: ${new Set(passes.map(({ change }) => change)).size}.`,
  }
}
