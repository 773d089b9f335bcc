import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gateOfCheck } from './name.ts'
import { type GrantFact, type OpenPull, whySharedHead } from './opening.ts'
import type { Result } from './result.ts'
import { type CheckFacts, type CheckState, checkState } from './state.ts'

const a = 'a'.repeat(40)
const b = 'b'.repeat(40)
const group = 'c'.repeat(40)
const now = Date.parse('2026-11-20T22:00:00Z')
const minute = 60_000

const grant = (fields: Partial<GrantFact> = {}): GrantFact => ({
  id: 'g_1',
  gate: 'build',
  number: 12,
  head: a,
  activatedAt: now - minute,
  expiresAt: now + 30 * minute,
  uses: 1,
  usedBy: [],
  by: 'ana',
  ...fields,
})
const pull = (fields: Partial<OpenPull> = {}): OpenPull => ({
  number: 12,
  base: 'refs/heads/main',
  head: a,
  isFork: false,
  ...fields,
})
const failed: Result = { is: 'failed', words: 'integration-tests failed' }
const passed: Result = { is: 'passed', words: 'integration-tests passed' }
const window = { id: 'v_1', gate: 'build', from: now - minute, until: now + minute }
const waiver = { id: 'w_1', gate: 'build', from: now - minute, until: now + minute }

const facts = (fields: Partial<CheckFacts> = {}): CheckFacts => ({
  gate: 'build',
  on: 'pull_request',
  commit: a,
  head: a,
  result: failed,
  breakable: 'yes',
  pulls: [pull()],
  left: [],
  grants: [],
  waivers: [],
  now,
  ...fields,
})

const short = (state: CheckState | undefined) => state && (state.conclusion ?? state.status)

describe('our check run', () => {
  it.each<[string, Partial<CheckFacts>, string, string?]>([
    ['the real check passed', { result: passed }, 'success'],
    ['it failed', {}, 'failure', 'integration-tests failed'],
    [
      'it could not run, which is not failed',
      { result: { is: 'could_not_run', words: 'x could not run: timed out' } },
      'failure',
      'could not run',
    ],
    ['it was skipped', { result: { is: 'skipped', words: 'x did not run: skipped' } }, 'failure'],
    [
      'it was skipped, and the gate says that this is a pass',
      { result: { is: 'skipped', words: 'x did not run' }, skippedPasses: true },
      'success',
    ],
    ['it has not reported', { result: { is: 'absent', words: 'x has not reported yet' } }, 'queued'],
    ['it is running', { result: { is: 'waiting', words: 'x is not done yet' } }, 'queued'],
    // The commit of an event may not be visible yet: closed, and looked at again.
    ['GitHub did not answer', { result: { is: 'unread', words: 'x could not be read' } }, 'queued'],
    [
      'a live grant',
      { grants: [grant()] },
      'success',
      'Opened by ana until 2026-11-20 22:30:00 UTC, for this commit of #12.',
    ],
    [
      'a live grant for a safety net that could not run',
      { grants: [grant()], breakable: 'when_it_cannot_run', result: { is: 'could_not_run', words: 'x could not run' } },
      'success',
    ],
    [
      'a safety net that ran and failed after the grant was given',
      { grants: [grant()], breakable: 'when_it_cannot_run' },
      'failure',
      'It is a safety net, and it ran: no grant opens it',
    ],
    ['a grant for what nothing may open', { grants: [grant()], breakable: 'never' }, 'failure', 'It is a safety net'],
    [
      'a waiver of a safety net',
      { waivers: [waiver], breakable: 'when_it_cannot_run', result: { is: 'could_not_run', words: 'x' } },
      'failure',
    ],
    [
      'a live grant, before the check has reported',
      { grants: [grant()], result: { is: 'absent', words: 'x' } },
      'success',
    ],
    [
      'a grant for a fork, of which runs list no pull request',
      { grants: [grant()], pulls: [pull({ isFork: true })] },
      'success',
    ],
    ['a waiver', { waivers: [waiver] }, 'success', 'A waiver holds until'],
    ['a waiver that ended', { waivers: [{ ...waiver, until: now }] }, 'failure'],
    ['a waiver of another gate', { waivers: [{ ...waiver, gate: 'lint' }] }, 'failure'],
    [
      'declared unavailable, and it could not run',
      { windows: [window], result: { is: 'could_not_run', words: 'x could not run' } },
      'success',
      'lets through until',
    ],
    ['declared unavailable, but it ran and failed', { windows: [window] }, 'failure'],
    [
      'declared unavailable no longer',
      { windows: [{ ...window, until: now }], result: { is: 'absent', words: 'x' } },
      'queued',
    ],
    [
      'another gate declared unavailable',
      { windows: [{ ...window, gate: 'lint' }], result: { is: 'absent', words: 'x' } },
      'queued',
    ],
    ['a grant of another gate', { grants: [grant({ gate: 'lint' })] }, 'failure'],
    ['a grant for another commit', { grants: [grant({ head: b })] }, 'failure'],
    ['a grant for another pull request', { grants: [grant({ number: 13 })] }, 'failure', 'not this pull request'],
    ['a grant that names no pull request', { grants: [grant({ number: undefined })] }, 'failure'],
    [
      'a grant that expired, at this very instant',
      { grants: [grant({ expiresAt: now })] },
      'failure',
      'The grant expired',
    ],
    ['a grant that does not hold yet', { grants: [grant({ activatedAt: now + 1 })] }, 'failure'],
    ['a grant that was used', { grants: [grant({ usedBy: ['l_1'] })] }, 'failure', 'The grant was used'],
    ['a grant with a use left', { grants: [grant({ uses: 2, usedBy: ['l_1'] })] }, 'success'],
    ['a grant that was revoked', { grants: [grant({ revokedAt: now })] }, 'failure', 'The grant was revoked'],
    [
      'a new grant after one that expired',
      { grants: [grant({ id: 'g_0', activatedAt: 0, expiresAt: 1 }), grant()] },
      'success',
    ],
    [
      'two pull requests with one head',
      { grants: [grant()], pulls: [pull(), pull({ number: 13, base: 'refs/heads/release' })] },
      'failure',
      '#12, #13 share this commit',
    ],
    [
      'another pull request with another head',
      { grants: [grant()], pulls: [pull(), pull({ number: 13, head: b })] },
      'success',
    ],
    ['a new push came', { grants: [grant()], pulls: [pull({ head: b })] }, 'failure'],
    [
      'a new push came, and the old commit was pushed back',
      { grants: [grant()], left: [{ number: 12, head: a, at: now - 1 }] },
      'failure',
      'something else was pushed after the grant',
    ],
    [
      'so, and a grant was given after that',
      { grants: [grant({ activatedAt: now - 1 })], left: [{ number: 12, head: a, at: now - 2 }] },
      'success',
    ],
    [
      'another pull request left this head',
      { grants: [grant()], left: [{ number: 13, head: a, at: now - 1 }] },
      'success',
    ],
    ['the pull request was closed', { grants: [grant()], pulls: [] }, 'failure'],
    [
      'a queue group, with a grant for its pull request',
      { on: 'queue_group', commit: group, grants: [grant()] },
      'success',
    ],
    [
      'a queue group, with a grant for another one',
      { on: 'queue_group', commit: group, grants: [grant({ number: 13, head: b })] },
      'failure',
    ],
    ['a queue group that failed by its own results', { on: 'queue_group', commit: group }, 'failure'],
  ])('%s', (_, given, expected, words = '') => {
    const state = checkState(facts(given))
    expect(short(state)).toBe(expected)
    expect(state?.summary.toLowerCase()).toContain(words.toLowerCase())
  })

  it('is never posted on a test merge', () => {
    expect(checkState(facts({ on: 'test_merge', result: passed }))).toBeUndefined()
  })

  it('stands on the group, by a grant that names the head of its pull request', () => {
    expect(checkState(facts({ on: 'queue_group', commit: group, grants: [grant()] }))).toMatchObject({
      commit: group,
      name: 'gate/build',
      externalId: 'grant:g_1',
    })
  })

  it('does not spend a grant on what passed', () => {
    expect(checkState(facts({ result: passed, grants: [grant()] }))?.externalId).toBe('result')
  })

  it('says that auto-merge may merge at once, and where the review is', () => {
    const state = checkState(
      facts({ grants: [grant({ review: 'https://b.example/r/1' })], pulls: [pull({ autoMergeBy: 'kofi' })] }),
    )
    expect(state?.summary).toContain('Auto-merge is on, by kofi')
    expect(state?.summary).toContain('https://b.example/r/1')
  })

  it('asks to be worked out again when the grant ends', () => {
    expect(checkState(facts({ grants: [grant()] }))?.wakeAt).toBe(now + 30 * minute)
    expect(checkState(facts({ waivers: [waiver], grants: [grant()] }))?.wakeAt).toBe(now + minute)
    expect(checkState(facts({ windows: [window] }))?.wakeAt).toBe(now + minute)
    expect(checkState(facts())?.wakeAt).toBeUndefined()
  })

  it.each<[string, Partial<CheckFacts>, string[]]>([
    ['what failed', {}, ['break-glass']],
    ['what waits', { result: { is: 'waiting', words: 'x' } }, ['break-glass']],
    ['what passed', { result: passed }, []],
    ['what was opened', { grants: [grant()] }, ['shut']],
    ['a safety net', { breakable: 'never' }, []],
    ['a safety net that ran', { breakable: 'when_it_cannot_run' }, []],
    [
      'a safety net that could not run',
      { breakable: 'when_it_cannot_run', result: { is: 'could_not_run', words: 'x' } },
      ['break-glass'],
    ],
  ])('has on %s the buttons %s', (_, given, identifiers) => {
    const actions = checkState(facts(given))?.actions ?? []
    expect(actions.map(({ identifier }) => identifier)).toEqual(identifiers)
    for (const { label, description, identifier } of actions) {
      expect([label.length <= 20, description.length <= 40, identifier.length <= 20]).toEqual([true, true, true])
    }
  })

  const aGrant = fc.record({
    id: fc.constant('g_1'),
    gate: fc.constantFrom('build', 'lint'),
    number: fc.constantFrom(12, 13, undefined),
    head: fc.constantFrom(a, b),
    activatedAt: fc.integer(),
    expiresAt: fc.integer(),
    revokedAt: fc.option(fc.integer(), { nil: undefined }),
    uses: fc.integer({ min: 1, max: 2 }),
    usedBy: fc.array(fc.constant('l'), { maxLength: 2 }),
    by: fc.string(),
  })
  it('is never green without a pass, a waiver, or a grant for this very change that is live', () => {
    fc.assert(
      fc.property(
        fc.array(aGrant),
        fc.integer(),
        fc.subarray([pull(), pull({ number: 13 }), pull({ number: 14, head: b })]),
        (grants, now, pulls) => {
          const state = checkState(facts({ grants, now, pulls }))
          if (state?.conclusion !== 'success') return
          const heads = pulls.filter(({ head }) => head === a)
          expect(heads).toHaveLength(1)
          expect(
            grants.some(
              ({ gate, number, head, activatedAt, expiresAt, revokedAt, uses, usedBy }) =>
                gate === 'build' &&
                number === heads[0]?.number &&
                head === a &&
                activatedAt <= now &&
                now < expiresAt &&
                !(revokedAt !== undefined && revokedAt <= now) &&
                usedBy.length < uses,
            ),
          ).toBe(true)
        },
      ),
    )
  })
})

describe('a shared head', () => {
  it('is a reason to refuse a grant', () => {
    expect(whySharedHead([pull(), pull({ number: 9 })], a)).toContain('#9, #12')
    expect(whySharedHead([pull(), pull({ number: 9, head: b })], a)).toBeUndefined()
  })
})

describe('the name of our run', () => {
  it('leads back to the gate', () => {
    expect(gateOfCheck(checkState(facts({ gate: 'payments/smoke' }))?.name ?? '')).toBe('payments/smoke')
    expect(gateOfCheck('build')).toBeUndefined()
    expect(gateOfCheck('gate/')).toBeUndefined()
  })
})
