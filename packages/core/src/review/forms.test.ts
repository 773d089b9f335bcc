import { describe, expect, it } from 'vitest'
import { missingInAnswer, type ReviewAnswer, reviewAnswer, reviewQuestions } from './answer.ts'
import { type ReviewSignOff, reviewSignOff, signOffFaults } from './sign-off.ts'

const full: ReviewAnswer = {
  unusable: 'flaky',
  unusableText: 'It failed 7 of 20 runs this week.',
  seen: 'Checkout at 40 %.',
  expected: 'The retry to pass.',
  considered: 'Rolling back; the schema had moved on.',
  result: 'Merged and deployed; checkout recovered.',
  harm: 'none',
  rolledBack: false,
  incident: 'in_fire',
}
const short: ReviewAnswer = { whyRequested: 'The check hung.', whyNotNeeded: 'It came back before the push.' }

describe('an answer', () => {
  it('is complete when everything the form must ask is said', () => {
    expect(missingInAnswer('full', full)).toEqual([])
    expect(missingInAnswer('short', short)).toEqual([])
    expect(reviewAnswer.parse(full)).toEqual(full)
  })

  it.each(Object.keys(full) as (keyof ReviewAnswer)[])('of the full form needs %s', field => {
    const { [field]: _, ...rest } = full
    expect(missingInAnswer('full', rest).map(question => question.field)).toEqual([field])
  })

  it('that tells of harm tells which', () => {
    expect(missingInAnswer('full', { ...full, harm: 'some' }).map(({ field }) => field)).toEqual(['harmText'])
    expect(missingInAnswer('full', { ...full, harm: 'some', harmText: 'Two double charges, refunded.' })).toEqual([])
  })

  it('of the short form asks two things', () => {
    expect(missingInAnswer('short', full).map(({ field }) => field)).toEqual(['whyRequested', 'whyNotNeeded'])
  })

  it('has a member for every question, and no question about a person or fault', () => {
    for (const { field, words } of [...reviewQuestions.full, ...reviewQuestions.short]) {
      expect(Object.keys(reviewAnswer.shape)).toContain(field)
      expect(words).not.toMatch(/\b(who|fault|blame|mistake)\b/i)
    }
    expect(Object.keys({ ...reviewAnswer.shape, ...reviewSignOff.shape }).join(' ')).not.toMatch(
      /fault|blame|culprit|severityOfError/i,
    )
  })

  it.each([' ', 'a\u0000b', '\ud800'])('refuses %j as words', seen => {
    expect(reviewAnswer.safeParse({ ...full, seen }).success).toBe(false)
  })
})

const signOff: ReviewSignOff = {
  decision: 'retro_approved',
  gateVerdict: 'fix_gate',
  securityImpact: 'none',
  diffReviewed: true,
  followUps: [
    {
      owner: 'ana@acme.dev',
      dueOn: '2026-12-01',
      text: 'Make the check deterministic.',
      link: 'https://tracker.acme.example/1',
    },
  ],
}

describe('a sign-off', () => {
  it('stands when its parts agree', () => {
    expect(signOffFaults('full', reviewSignOff.parse(signOff))).toEqual([])
    expect(
      signOffFaults('full', { ...signOff, followUps: [], noFollowUpReason: 'The gate is being replaced.' }),
    ).toEqual([])
  })

  const wrong: { name: string; patch: Partial<ReviewSignOff>; faults: number; form?: 'short' }[] = [
    { name: 'needs the diff read', patch: { diffReviewed: false }, faults: 1 },
    { name: 'has no diff to read where nothing landed', form: 'short', patch: { diffReviewed: false }, faults: 0 },
    { name: 'needs a follow-up or a reason for none', patch: { followUps: [] }, faults: 1 },
    { name: 'takes no blank reason', patch: { followUps: [], noFollowUpReason: '  ' }, faults: 1 },
    { name: 'does not say both', patch: { noFollowUpReason: 'none needed' }, faults: 1 },
    {
      name: 'names the actions it approves with',
      patch: { decision: 'approved_with_actions', followUps: [], noFollowUpReason: 'none' },
      faults: 1,
    },
    {
      name: 'names who reverts',
      patch: { decision: 'change_to_be_reverted', followUps: [], noFollowUpReason: 'none' },
      faults: 1,
    },
    { name: 'tells which security impact', patch: { securityImpact: 'possible' }, faults: 1 },
    {
      name: 'is content when it is told',
      patch: { securityImpact: 'confirmed', securityText: 'A key was in the diff.' },
      faults: 0,
    },
  ]
  it.each(wrong)('$name', ({ patch, faults, form }) => {
    expect(signOffFaults(form ?? 'full', { ...signOff, ...patch })).toHaveLength(faults)
  })

  it.each([{ dueOn: '2026-02-30' }, { dueOn: 'soon' }, { owner: '' }, { link: 'not a link' }])(
    'refuses a follow-up with %j',
    patch => {
      const followUps = [{ ...signOff.followUps[0], ...patch }]
      expect(reviewSignOff.safeParse({ ...signOff, followUps }).success).toBe(false)
    },
  )
})
