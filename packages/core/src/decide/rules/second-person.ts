import { requestWaitSecondsMax } from '../../grant/bounds.ts'
import type { Context, Way } from '../context.ts'
import { resolveMembers } from '../members.ts'
import { awaited, type Look, met, type Ruling, refused, remark, skipped } from '../ruling.ts'
import type { Facts, GrantTerms, Reason } from '../types.ts'
import { durationWords, instantWords, listWords } from '../words.ts'

/** Where a request stands with its second person. */
export type Standing =
  | { kind: 'settled'; secondPerson: GrantTerms['secondPerson']; approvers: string[] }
  | { kind: 'waiting'; secondPerson: 'required' | 'wait_then_solo'; untilMs: number; mayApprove: string[] }
  | { kind: 'refused' }

type Answer = Ruling & { standing: Standing }
type Wanting = Exclude<Way['secondPerson'], { kind: 'none' }>

/** docs/formats/grant.md: the body of a grant names at most this many. */
const approversMax = 32

export function secondPerson({ facts, way }: Context): Answer {
  const look = { rule: 'second person', lookedAt: 'who else agreed' }
  if (!way) {
    return {
      ...skipped({ ...look, wanted: 'what the gate says', found: 'nobody may break the gate' }),
      standing: { kind: 'refused' },
    }
  }
  const wants = way.secondPerson
  if (wants.kind === 'none') {
    const ruling = skipped({ ...look, wanted: 'nobody: the gate asks for no second person', found: 'not needed' })
    return { ...ruling, standing: { kind: 'settled', secondPerson: 'not_needed', approvers: [] } }
  }
  const wanted = `${wantedWords(wants)}: one of ${way.approvers.join(', ')}, never the actor or an author`
  const mayApprove = possibleApprovers(way, facts)
  return answer({ ...look, wanted, found: '', children: authorship(facts) }, wants, way, facts, mayApprove)
}

/** Resolved approvers minus the actor, the authors and those who never approve; sorted, so that it is the same each time. */
export function possibleApprovers(way: Way, facts: Facts): string[] {
  const never = new Set([
    facts.actor.person,
    ...(facts.authors === 'unknown' ? [] : facts.authors),
    ...(facts.mayNotApprove ?? []),
  ])
  return [...resolveMembers(way.approvers, facts.roster).people.keys()].filter(person => !never.has(person)).sort()
}

function answer(look: Look, wants: Wanting, way: Way, facts: Facts, mayApprove: string[]): Answer {
  const approvers = approvedBy(facts, mayApprove)
  if (approvers.length > 0) {
    const standing: Standing = { kind: 'settled', secondPerson: 'approved', approvers }
    return { ...met({ ...look, found: `approved by ${approvers.join(', ')}` }), standing }
  }
  const ask = `ask one of ${way.approvers.join(', ')} to approve it`
  if (!facts.waiting && mayApprove.length === 0 && wants.kind === 'required') {
    const remedy = `nobody but the actor and the authors is left: ${ask.replace('ask', 'let')} who did not write the change, or let another person break it`
    return {
      ...refused('no_second_person_possible', { ...look, found: 'nobody could be', remedy }),
      standing: { kind: 'refused' },
    }
  }
  if (facts.waiting?.over) return afterWait(look, wants, facts, ask, mayApprove)
  const untilMs = (facts.waiting?.sinceMs ?? facts.nowMs) + waitSeconds(wants) * 1000
  const secondPerson = wants.kind === 'required' ? 'required' : 'wait_then_solo'
  const ruling = awaited({
    ...look,
    found: `nobody yet; waits until ${instantWords(untilMs)}${outcomeWords(wants)}`,
    remedy: mayApprove.length === 0 ? 'nobody could approve it: wait, then it goes solo' : ask,
    children: [...(look.children ?? []), ...nobodyLeft(mayApprove), ...notAllowed(facts, mayApprove)],
  })
  return { ...ruling, standing: { kind: 'waiting', secondPerson, untilMs, mayApprove } }
}

function afterWait(look: Look, wants: Wanting, facts: Facts, ask: string, mayApprove: string[]): Answer {
  const children = [...(look.children ?? []), ...nobodyLeft(mayApprove), ...notAllowed(facts, mayApprove)]
  if (wants.kind === 'wait') {
    const ruling = met({
      ...look,
      found: `nobody in ${durationWords(wants.waitSeconds)}: it goes SOLO, and says so`,
      children,
    })
    return { ...ruling, standing: { kind: 'settled', secondPerson: 'went_solo', approvers: [] } }
  }
  const onlyWrongOnes = (facts.waiting?.approvals.length ?? 0) > 0
  const code = onlyWrongOnes ? 'approver_not_allowed' : 'no_second_person_in_time'
  const found = onlyWrongOnes ? 'only people who may not approve' : `nobody in ${durationWords(requestWaitSecondsMax)}`
  return {
    ...refused(code, { ...look, found, remedy: `${ask}, then request again`, children }),
    standing: { kind: 'refused' },
  }
}

const approvedBy = (facts: Facts, mayApprove: readonly string[]): string[] =>
  [...new Set(facts.waiting?.approvals.map(({ person }) => person))]
    .filter(person => mayApprove.includes(person))
    .sort()
    .slice(0, approversMax)

const waitSeconds = (wants: Wanting): number => (wants.kind === 'wait' ? wants.waitSeconds : requestWaitSecondsMax)

const wantedWords = (wants: Wanting): string =>
  wants.kind === 'required'
    ? 'a second person'
    : `a second person, or ${durationWords(wants.waitSeconds)} of waiting, then solo`

const outcomeWords = (wants: Wanting): string =>
  wants.kind === 'required' ? ', then it is refused' : ', then it goes solo'

function nobodyLeft(mayApprove: readonly string[]): Reason[] {
  if (mayApprove.length > 0) return []
  return [
    remark({
      rule: 'possible approvers',
      lookedAt: 'approvers minus the actor and the authors',
      wanted: 'somebody',
      found: 'nobody could be the second person',
    }),
  ]
}

function notAllowed(facts: Facts, mayApprove: readonly string[]): Reason[] {
  const wrong = (facts.waiting?.approvals ?? []).filter(({ person }) => !mayApprove.includes(person))
  if (wrong.length === 0) return []
  return [
    remark({
      rule: 'approvals that do not count',
      lookedAt: 'approvals given',
      wanted: `one by ${listWords(mayApprove)}`,
      found: `${wrong.map(({ person }) => person).join(', ')}: not an approver now, or the actor, or an author`,
    }),
  ]
}

function authorship(facts: Facts): Reason[] {
  if (facts.authors !== 'unknown') return []
  return [
    remark({
      rule: 'authors',
      lookedAt: 'who wrote the change',
      wanted: 'authors known, so that none of them approves it',
      found: 'unknown: an approver may have written it; the review must ask',
    }),
  ]
}
