import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ana, id, kofi, review } from '../testing/samples.ts'
import { createWorld, type World } from '../testing/world.ts'

let world: World
beforeEach(() => {
  world = createWorld({
    listReviews: () => ({
      reviews: [review({ overdue: true, dueAt: '2026-11-22T16:00:00.000Z' }), review({ state: 'awaiting_shut' })],
    }),
    showReview: () => review(),
    answerReview: ({ body }) =>
      review({ state: 'answered', answer: { ...body, at: '2026-11-23T12:00:00.000Z', by: ana } }),
    signReview: ({ body }) =>
      review({ state: 'signed', signOffs: [{ ...body, at: '2026-11-23T12:00:00.000Z', by: kofi }] }),
  })
})
afterEach(() => world.remove())

const file = (name: string, value: unknown) => writeFileSync(path.join(world.directory, name), JSON.stringify(value))
const sent = () => world.server.calls.at(-1)

const full = {
  unusable: 'flaky',
  unusableText: 'It failed 7 of 20 runs.',
  seen: 'Checkout at 40 %.',
  expected: 'The retry to pass.',
  considered: 'Rolling back.',
  result: 'Merged; checkout recovered.',
  harm: 'none',
  rolledBack: false,
  incident: 'in_fire',
}

describe('review list', () => {
  it('shows what is overdue in words', async () => {
    const { stdout } = await world.run(['review', 'list', '--mine'])
    expect(sent()?.query).toEqual({ state: 'open', mine: 'true' })
    expect(stdout).toContain('OVERDUE, 20h ago')
    expect(stdout).toContain('awaiting shut')
  })
})

describe('review answer', () => {
  it('takes flags, and they win over a file', async () => {
    file('answer.json', full)
    const argv = ['review', 'answer', id('rv'), '--file', 'answer.json', '--rolled-back', 'yes', '--minutes-lost', '25']
    const { exit, stdout } = await world.run(argv)
    expect(exit).toBe(0)
    expect(sent()?.body).toEqual({ ...full, rolledBack: true, minutesLost: 25 })
    expect(stdout).toContain('What made the safe path unusable?')
  })

  it('names the flags of the questions that are open', async () => {
    const { exit, stderr } = await world.run(['review', 'answer', id('rv'), '--unusable', 'flaky'])
    expect(exit).toBe(2)
    expect(stderr).toContain('--unusable-text')
    expect(stderr).not.toContain('--went-well')
    expect(sent()?.route).toBe('showReview')
  })

  it('asks at a terminal, and may be given nothing where nothing must be said', async () => {
    world.server.handlers.showReview = () => review({ form: 'short', of: 'unused_grant' })
    const typed = ['The check hung', 'It came back', 'yes', '']
    expect((await world.run(['review', 'answer', id('rv')], { terminal: 80, typed })).exit).toBe(0)
    expect(sent()?.body).toEqual({ whyRequested: 'The check hung', whyNotNeeded: 'It came back', pathEasy: true })
  })

  it.each([[{ ...full, culprit: 'Ana' }], [{ ...full, harm: 'much' }], ['not an object']])(
    'refuses a file with %j',
    async value => {
      file('answer.json', value)
      const { exit, stderr } = await world.run(['review', 'answer', id('rv'), '--file', 'answer.json'])
      expect(exit).toBe(2)
      expect(stderr).toContain('not of the expected form')
      expect(world.server.calls).toEqual([])
    },
  )
})

describe('review sign', () => {
  const flags = [
    '--decision',
    'retro_approved',
    '--gate-verdict',
    'fix_gate',
    '--security-impact',
    'none',
    '--diff-reviewed',
  ]
  const followUp = { owner: 'ana@acme.dev', dueOn: '2026-12-01', text: 'Make the check deterministic' }

  it('takes flags', async () => {
    const argv = [
      'review',
      'sign',
      id('rv'),
      ...flags,
      '--follow-up',
      'ana@acme.dev 2026-12-01 Make the check deterministic',
    ]
    const { exit, stdout } = await world.run(argv)
    expect(exit).toBe(0)
    expect(sent()?.body).toEqual({
      decision: 'retro_approved',
      gateVerdict: 'fix_gate',
      securityImpact: 'none',
      diffReviewed: true,
      followUps: [followUp],
    })
    expect(stdout).toContain('follow-up by ana@acme.dev until 2026-12-01')
  })

  it('says what does not stand before anything is sent', async () => {
    const { exit, stderr } = await world.run(['review', 'sign', id('rv'), ...flags])
    expect(exit).toBe(2)
    expect(stderr).toContain('name at least one follow-up')
    expect((await world.run(['review', 'sign', id('rv')])).stderr).toContain(
      '--decision, --gate-verdict, --security-impact',
    )
    expect((await world.run(['review', 'sign', id('rv'), ...flags, '--follow-up', 'soon'])).exit).toBe(2)
    expect(world.server.calls.map(({ route }) => route)).not.toContain('signReview')
  })

  it('asks at a terminal', async () => {
    const typed = ['1', 'fix_gate', 'none', 'yes', 'soon', 'ana@acme.dev 2026-12-01 Make the check deterministic', '']
    const { exit, stderr } = await world.run(['review', 'sign', id('rv')], { terminal: 80, typed })
    expect(exit).toBe(0)
    expect(stderr).toContain('A follow-up is an owner')
    expect(sent()?.body).toMatchObject({ decision: 'retro_approved', followUps: [followUp] })
  })
})
