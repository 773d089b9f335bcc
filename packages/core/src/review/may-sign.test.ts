import { describe, expect, it } from 'vitest'
import type { Roster } from '../decide/types.ts'
import { mayAnswer, maySign, type ReviewFacts, type Signer, signOffsNeeded } from './may-sign.ts'

const since = '2026-01-01T00:00:00.000Z'
const people = ['p_ana', 'p_ben', 'p_kay', 'p_dee', 'p_eve', 'p_rev', 'p_bot']
const roster: Roster = {
  asOf: since,
  // Everybody is a reviewer here, so that only independence refuses.
  groups: { 'senior-engineers': people.map(person => ({ person, since })), owners: [] },
  accounts: {},
  unresolved: [],
}
const review: ReviewFacts = {
  state: 'answered',
  actor: 'p_ana',
  answeredBy: ['p_ana'],
  approvers: ['p_ben'],
  authors: ['p_eve'],
  deployers: ['p_dee'],
  signedBy: [],
}
const human = (person: string): Signer => ({ person, kind: 'human', roles: [] })

interface Row {
  name: string
  reviewer?: Partial<Signer>
  review?: Partial<ReviewFacts>
  roster?: Partial<Roster>
  actorUnavailable?: boolean
  code: string
}

const rows: Row[] = [
  { name: 'a reviewer who had no part in it may', code: 'ok' },
  { name: 'never the actor', reviewer: human('p_ana'), code: 'is_actor' },
  { name: 'never an approver', reviewer: human('p_ben'), code: 'is_approver' },
  { name: 'never an author', reviewer: human('p_eve'), code: 'is_author' },
  { name: 'never a deployer', reviewer: human('p_dee'), code: 'is_deployer' },
  { name: 'never an administrator', reviewer: { roles: ['admin'] }, code: 'admin_may_not' },
  { name: 'never a bot', reviewer: { person: 'p_bot', kind: 'bot' }, code: 'bot_may_not' },
  { name: 'never who explained a finding', review: { answeredBy: ['p_rev'] }, code: 'is_answerer' },
  { name: 'not twice', review: { signedBy: ['p_rev'] }, code: 'already_signed' },
  { name: 'not who left the reviewers since', roster: { groups: { 'senior-engineers': [] } }, code: 'not_a_reviewer' },
  { name: 'not before the actor has answered', review: { state: 'due', answeredBy: [] }, code: 'not_answered' },
  {
    name: 'without the answer, when the actor cannot be asked',
    review: { state: 'due', answeredBy: [] },
    actorUnavailable: true,
    code: 'ok',
  },
  { name: 'not before the gate is shut', review: { state: 'awaiting_shut' }, code: 'wrong_state' },
  { name: 'not what is signed', review: { state: 'signed' }, code: 'wrong_state' },
  { name: 'with unknown authors, which the reviewer then asks about', review: { authors: 'unknown' }, code: 'ok' },
]

describe('who may sign', () => {
  it.each(rows)('$name', row => {
    const answer = maySign({
      reviewer: { ...human('p_rev'), ...row.reviewer },
      review: { ...review, ...row.review },
      reviewers: ['senior-engineers'],
      roster: { ...roster, ...row.roster },
      actorUnavailable: row.actorUnavailable ?? false,
    })
    expect(answer.ok ? 'ok' : answer.code).toBe(row.code)
    if (!answer.ok) expect(answer.words.length).toBeGreaterThan(10)
  })
})

describe('who may answer', () => {
  const code = (signer: Signer, patch: Partial<ReviewFacts> = {}) => {
    const answer = mayAnswer(signer, { ...review, ...patch })
    return answer.ok ? 'ok' : answer.code
  }

  it('is the actor, also again', () => {
    expect(code(human('p_ana'))).toBe('ok')
    expect(code(human('p_kay'))).toBe('not_the_actor')
  })

  it('is anybody but an administrator or a signer where nobody is known', () => {
    const { actor: _, ...unknown } = review
    const answer = (signer: Signer, signedBy: string[] = []) => mayAnswer(signer, { ...unknown, signedBy })
    expect(answer(human('p_kay')).ok).toBe(true)
    expect(answer({ ...human('p_kay'), roles: ['admin'] })).toMatchObject({ code: 'admin_may_not' })
    expect(answer(human('p_kay'), ['p_kay'])).toMatchObject({ code: 'already_signed' })
  })

  it('is nobody once it is signed', () => {
    expect(code(human('p_ana'), { state: 'signed' })).toBe('wrong_state')
  })
})

describe('how many must sign', () => {
  it.each([
    { form: 'full', incidentVerified: true, gateClass: 'quality', needed: 1 },
    { form: 'full', incidentVerified: false, gateClass: 'quality', needed: 2 },
    { form: 'full', incidentVerified: true, gateClass: 'control', needed: 2 },
    { form: 'short', incidentVerified: false, gateClass: 'control', needed: 1 },
  ] as const)('$form, incident verified $incidentVerified, $gateClass: $needed', ({ needed, ...given }) => {
    expect(signOffsNeeded(given)).toBe(needed)
  })
})
