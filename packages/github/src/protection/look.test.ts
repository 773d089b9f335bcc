import { describe, expect, it } from 'vitest'
import { readVersions, rulesetAsOf } from './history.ts'
import { intervalsOf } from './intervals.ts'
import { lookAtBranch, lookAtEnvironment } from './look.ts'
import type { Answer } from './rules.ts'
import type { Entry } from './timeline.ts'

const ok = (body: unknown): Answer => ({ status: 200, body })
const main = { ref: 'refs/heads/main', isDefault: true }
const build = { name: 'build', passes: { kind: 'check', check: 'tests' } } as const
const noClassic: Answer = { status: 404, body: { message: 'Branch not protected' } }
const taken = { at: 0, source: 'poll', app: '7' } as const
const second = 1000

const detail = (enforcement: string) => ({
  id: 3,
  name: 'held',
  target: 'branch',
  enforcement,
  conditions: { ref_name: { include: ['~DEFAULT_BRANCH'] } },
  bypass_actors: [],
  rules: [
    {
      type: 'required_status_checks',
      parameters: { required_status_checks: [{ context: 'gate/build', integration_id: 7 }] },
    },
  ],
})

describe('one look', () => {
  it('gives each gate of the program an entry of its timeline', () => {
    const answers = {
      classic: noClassic,
      rules: ok(detail('active').rules.map(rule => ({ ...rule, ruleset_id: 3 }))),
      rulesets: ok([detail('active')]),
      details: new Map([['3', ok(detail('active'))]]),
    }
    const lint = { name: 'lint', passes: { kind: 'check', check: 'lint' } } as const
    const { looked } = lookAtBranch(answers, main, [build, lint], taken)
    expect(looked.map(({ gate, entry }) => [gate, entry.strength, entry.at])).toEqual([
      ['build', 'enforced', 0],
      ['lint', 'off', 0],
    ])
    expect(looked[0]?.entry.digest).toBe(looked[1]?.entry.digest)
  })

  it('gives the gate of an environment one', () => {
    const answers = {
      environments: ok({ environments: [{ name: 'production', can_admins_bypass: false }] }),
      rules: ok({ custom_deployment_protection_rules: [{ enabled: true, app: { id: 7 } }] }),
    }
    const gate = { name: 'release', passes: { kind: 'approval', environment: 'production' } } as const
    const { entry, found } = lookAtEnvironment('production', answers, gate, taken)
    expect([entry.strength, found.by]).toEqual(['enforced', 'ours'])
  })
})

describe('the history of a ruleset', () => {
  /** Both webhooks lost: disabled, merged, and made active again within a minute. */
  const versions = [
    { version_id: 12, updated_at: '2026-11-20T22:00:40Z', actor: { id: 9, type: 'User' }, state: detail('active') },
    { version_id: 11, updated_at: '2026-11-20T22:00:00Z', actor: { id: 9, type: 'User' }, state: detail('disabled') },
    { version_id: 10, updated_at: '2026-01-01T00:00:00Z', actor: { id: 1 }, state: detail('active') },
  ]
  const past = (body: unknown): Answer => rulesetAsOf(ok(body))

  it('shows what was undone between two looks', () => {
    const read = readVersions(ok(versions))
    if (read === 'unread') throw new Error('unread')
    expect(read.map(({ version, actor }) => [version, actor])).toEqual([
      ['10', '1'],
      ['11', '9'],
      ['12', '9'],
    ])
    const entries = read.map(({ version, at }): Entry => {
      const state = past(versions.find(({ version_id }) => String(version_id) === version))
      const answers = {
        classic: noClassic,
        rules: 'not_kept' as const,
        rulesets: ok([]),
        details: new Map([['3', state]]),
      }
      const [looked] = lookAtBranch(answers, main, [build], { at, source: 'history', app: '7' }).looked
      return looked!.entry
    })
    expect(entries.map(({ strength }) => strength)).toEqual(['enforced', 'off', 'enforced'])
    const at = Date.parse('2026-11-20T22:00:00Z')
    const { off, unknown } = intervalsOf(entries, { now: at + 60 * second, landings: [at + 20 * second] })
    expect(off).toMatchObject([{ from: at, to: at + 40 * second, words: 'off for 40 s', landings: 1 }])
    expect(unknown).toEqual([])
  })

  it.each<[string, Answer]>([
    ['no right', { status: 403 }],
    ['no list', ok({})],
  ])('with %s is unread', (_, answer) => {
    expect(readVersions(answer)).toBe('unread')
  })

  it('has no version of what is not understood', () => {
    expect(readVersions(ok([{ version_id: 1 }, versions[0]]))).toHaveLength(1)
    expect(past({ version_id: 1 }).status).toBe(404)
  })
})
