import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GrantFact } from '../checks/opening.ts'
import { type Patch, type RunAsIs, isShut, reconcile } from '../checks/reconcile.ts'
import { checkState } from '../checks/state.ts'
import { readDelivery } from '../events/read.ts'
import type { Advance, Merge, Told } from '../events/told.ts'
import { blindSpans } from '../protection/blind.ts'
import { intervalsOf } from '../protection/intervals.ts'
import { lookAtBranch } from '../protection/look.ts'
import type { Answer } from '../protection/rules.ts'
import { type Entry, stateAt } from '../protection/timeline.ts'
import type { Verdict } from './facts.ts'
import { wayOf } from './landing.ts'
import { isLookedOut } from './looks.ts'
import { type Native, nativeOf } from './native.ts'
import { ownRunsOf, type Posted } from './own.ts'
import { readSuites } from './suites.ts'
import { verdictOf } from './verdict.ts'

/* Whole stories, from deliveries and answers to verdicts, with nothing in between but the functions of these rooms. */

const app = '7'
const reader = { apiBase: 'https://api.github.com', app }
const repository = { id: 42, full_name: 'acme/payments' }
const build = { name: 'build', passes: { kind: 'check', check: 'integration-tests' } } as const
const day = 86_400_000
const hour = 3_600_000
const minute = 60_000
const night = Date.parse('2026-11-06T01:12:00Z')
const iso = (at: number) => new Date(at).toISOString().replace('.000', '')
const sha = (n: number) => n.toString(16).padStart(40, '0')

const told = (event: string, body: object): Told => {
  const reading = readDelivery(event, { repository, sender: { id: 9, login: 'kofi' }, ...body }, reader)
  if (reading.is !== 'told') throw new Error(JSON.stringify(reading))
  return reading.told[0]!
}
const push = (at: number, before: number, after: number, fields: object = {}) =>
  told('push', {
    ref: 'refs/heads/main',
    before: sha(before),
    after: sha(after),
    commits: [{ id: sha(after) }],
    repository: { ...repository, pushed_at: at / 1000 },
    ...fields,
  }) as Advance
const merge = (at: number, number: number, head: number, commit: number) =>
  told('pull_request', {
    action: 'closed',
    pull_request: {
      number,
      merged: true,
      state: 'closed',
      merged_at: iso(at),
      merge_commit_sha: sha(commit),
      head: { ref: 'fix', sha: sha(head), repo: { id: 42 } },
      base: { ref: 'main', sha: sha(0) },
    },
  }) as Merge

const classic: Answer = {
  status: 200,
  body: {
    required_status_checks: { checks: [{ context: 'gate/build', app_id: 7 }] },
    enforce_admins: { enabled: true },
  },
}
const gone: Answer = { status: 404, body: { message: 'Branch not protected' } }
const ok = (body: unknown): Answer => ({ status: 200, body })

/** Read again on every trigger, dated by the delivery that told of it. */
const look = (at: number, answer: Answer): Entry => {
  const answers = { classic: answer, rules: ok([]), rulesets: ok([]), details: new Map() }
  return lookAtBranch(answers, { ref: 'refs/heads/main', isDefault: true }, [build], { at, source: 'webhook', app })
    .looked[0]!.entry
}

interface World {
  advances: readonly Advance[]
  merges: readonly Merge[]
  entries: readonly Entry[]
  posted: readonly Posted[]
  grants?: readonly GrantFact[]
  suites?: Answer
  blind?: readonly { from: number; to?: number }[]
  looks?: number
}

function verdictsOf({
  advances,
  merges,
  entries,
  posted,
  grants = [],
  suites,
  blind = [],
  looks = 3,
}: World): Verdict[] {
  const byMove = new Map(advances.map(each => [`${each.before}..${each.after}`, each]))
  return [...byMove.values()]
    .toSorted((a, b) => a.at! - b.at!)
    .map(each => {
      const { ref, before, after, at = 0, forced, deleted, commits } = each
      const landing = { id: `${before}..${after}`, ref, before, after, at, forced, deleted, commits }
      const native: Native = nativeOf(landing, build, {
        suites: suites ? readSuites(suites) : 'unread',
        audit: 'unread',
      })
      const way = wayOf({ landing, merges, activity: 'unread', isLookedOut: isLookedOut(looks) })
      const isBlind = blind.some(({ from, to = Number.POSITIVE_INFINITY }) => from <= at && at < to)
      const facts = { landing, way, grants, isBlind, firstToldAt: at, looks }
      return verdictOf(facts, {
        gate: 'build',
        protection: stateAt(entries, at, blind),
        runs: ownRunsOf(posted),
        native,
      })
    })
}
const outcomes = (world: World) =>
  verdictsOf(world).map(({ outcome, confidence }) => `${outcome} ${confidence ?? ''}`.trim())

const passed = (commit: number, at: number): Posted => ({
  commit: sha(commit),
  at,
  conclusion: 'success',
  externalId: 'result',
})
const red = (commit: number, at: number): Posted => ({
  commit: sha(commit),
  at,
  conclusion: 'failure',
  externalId: 'result',
})

describe('protection deleted at night', () => {
  const restored = night + 11 * day + 4 * hour
  const world: World = {
    entries: [look(night - 90 * day, classic), look(night, gone), look(restored, classic)],
    advances: [
      push(night - day, 1, 2),
      push(night + minute, 2, 3, { forced: true }),
      push(night + 2 * day, 3, 4),
      push(night + 5 * day, 4, 5),
      push(restored + hour, 5, 6),
    ],
    merges: [
      merge(night - day, 1, 102, 2),
      merge(night + 2 * day, 2, 104, 4),
      merge(night + 5 * day, 3, 105, 5),
      merge(restored + hour, 4, 106, 6),
    ],
    posted: [passed(102, night - 2 * day), passed(104, night + day), red(105, night + day), passed(106, restored)],
  }

  it('is found at once, with every landing while it was off', () => {
    expect(outcomes(world)).toEqual([
      'passed B',
      'landed_while_off A',
      'landed_while_off A',
      'landed_while_off A',
      'passed B',
    ])
    expect(verdictsOf({ ...world, looks: 0 })[1]).toMatchObject({ outcome: 'landed_while_off', isSettled: true })
  })

  it('was off for 11 d 4 h', () => {
    const { off } = intervalsOf(world.entries, { now: restored + day, landings: world.advances.map(({ at }) => at!) })
    expect(off).toMatchObject([{ words: 'off for 11 d 4 h', landings: 3, lowest: 'off' }])
  })

  it('is the same in any order, and however often each is delivered', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...world.advances, ...world.advances], { minLength: 10 }),
        fc.shuffledSubarray([...world.merges], { minLength: 4 }),
        (advances, merges) => {
          expect(outcomes({ ...world, advances, merges })).toEqual(outcomes(world))
        },
      ),
      { numRuns: 30 },
    )
  })

  it('is a forced push and no more, had protection stayed', () => {
    expect(outcomes({ ...world, entries: [look(night - 90 * day, classic)] })[1]).toBe('bypassed_unsanctioned A')
  })
})

describe('disabled, merged and restored inside one minute', () => {
  it('is seen by what the webhooks made us read, and not taken for a re-application', () => {
    const entries = [look(night - day, classic), look(night, gone), look(night + 25_000, classic)]
    const world = {
      entries,
      advances: [push(night + 10_000, 1, 2)],
      merges: [merge(night + 10_000, 1, 102, 2)],
      posted: [red(102, night - hour)],
    }
    expect(outcomes(world)).toEqual(['landed_while_off A'])
    const landings = [night + 10_000]
    expect(intervalsOf(entries, { now: night + day, landings })).toMatchObject({
      off: [{ words: 'off for 25 s' }],
      reapplied: [],
    })
    expect(intervalsOf(entries, { now: night + day })).toMatchObject({ off: [], reapplied: [{ from: night }] })
  })
})

describe('an admin who merges over a red check', () => {
  const entries = [
    look(night - day, { status: 200, body: { ...(classic.body as object), enforce_admins: { enabled: false } } }),
  ]
  const world = {
    entries,
    advances: [push(night, 1, 2)],
    merges: [merge(night, 1, 102, 2)],
    posted: [red(102, night - hour)],
  }
  const suite = {
    id: 1,
    ref: 'refs/heads/main',
    before_sha: sha(1),
    after_sha: sha(2),
    result: 'bypass',
    actor_id: 9,
    rule_evaluations: [{ rule_type: 'required_status_checks', result: 'fail', enforcement: 'active' }],
  }

  it('is found with certainty by the rule suite, and likely without', () => {
    expect(outcomes({ ...world, suites: ok([suite]) })).toEqual(['bypassed_unsanctioned A'])
    expect(outcomes(world)).toEqual(['bypassed_unsanctioned B'])
    // Exempt: the forge's own list is clean.
    expect(outcomes({ ...world, suites: ok([]) })).toEqual(['bypassed_unsanctioned B'])
  })
})

describe('a gate that a grant opened', () => {
  const granted: GrantFact = {
    id: 'g_1',
    gate: 'build',
    number: 1,
    head: sha(102),
    activatedAt: night,
    expiresAt: night + 30 * minute,
    uses: 1,
    usedBy: [],
    by: 'ana',
  }
  const entries = [look(night - day, classic)]

  /** What the forge shows, kept as it should be: what reconcile says is done, and recorded as posted. */
  function play(times: readonly { at: number; head?: number; usedBy?: string[] }[]) {
    let runs: RunAsIs[] = []
    const posted: Posted[] = []
    const left: { number: number; head: string; at: number }[] = []
    let current = 102
    for (const { at, head = 102, usedBy = [] } of times) {
      if (head !== current) left.push({ number: 1, head: sha(current), at })
      current = head
      const wanted = [102, 103].flatMap(
        commit =>
          checkState({
            gate: 'build',
            on: 'pull_request',
            commit: sha(commit),
            head: sha(commit),
            result: { is: 'failed', words: 'integration-tests failed' },
            breakable: 'yes',
            pulls: [{ number: 1, base: 'refs/heads/main', head: sha(current), isFork: false }],
            left,
            grants: [{ ...granted, usedBy }],
            waivers: [],
            now: at,
          }) ?? [],
      )
      const { patches } = reconcile(runs, wanted, app)
      runs = applied(runs, patches)
      posted.push(
        ...patches.map(({ commit, fields }) => ({
          commit,
          at,
          conclusion: fields.conclusion,
          externalId: fields.externalId,
        })),
      )
    }
    const isGreen = !isShut(runs, { name: 'gate/build', commit: sha(102), app })
    return { isGreen, posted }
  }
  const applied = (runs: readonly RunAsIs[], patches: readonly Patch[]): RunAsIs[] =>
    runs
      .map(run => ({ ...run, ...patches.find(patch => patch.do === 'update' && patch.run === run.id)?.fields }))
      .concat(
        patches.flatMap(patch =>
          patch.do === 'create'
            ? [{ id: patch.commit, name: patch.name, commit: patch.commit, app, ...patch.fields }]
            : [],
        ),
      )

  const merged = (at: number, posted: readonly Posted[]) =>
    outcomes({ entries, posted, grants: [granted], advances: [push(at, 1, 2)], merges: [merge(at, 1, 102, 2)] })

  it('is opened, used, and shut', () => {
    const { isGreen, posted } = play([{ at: night - hour }, { at: night }])
    expect(isGreen).toBe(true)
    expect(merged(night + 5 * minute, posted)).toEqual(['opened_by_grant B'])
    expect(play([{ at: night }, { at: night + 5 * minute, usedBy: ['l_1'] }]).isGreen).toBe(false)
  })

  it('is shut at expiry, and what merges after that went around it', () => {
    const { isGreen, posted } = play([{ at: night }, { at: night + 30 * minute }])
    expect(isGreen).toBe(false)
    expect(merged(night + 31 * minute, posted)).toEqual(['bypassed_unsanctioned B'])
  })

  it('is a late use where the merge was faster than the shutting', () => {
    const { posted } = play([{ at: night }, { at: night + 30 * minute + 20_000 }])
    expect(merged(night + 30 * minute + 5000, posted)).toEqual(['late_use A'])
  })

  it('is shut by a new push, and stays shut when the old commit is pushed back', () => {
    expect(play([{ at: night }, { at: night + minute, head: 103 }]).isGreen).toBe(false)
    expect(
      play([{ at: night }, { at: night + minute, head: 103 }, { at: night + 2 * minute, head: 102 }]).isGreen,
    ).toBe(false)
  })
})

describe('while the app was suspended', () => {
  const events = [
    told('installation', { action: 'suspend', installation: { id: 1, suspended_at: iso(night) } }),
    { ...told('installation', { action: 'unsuspend', installation: { id: 1 } }), at: night + day },
  ].flatMap(each => (each.kind === 'observer' ? [{ ...each, at: each.at! }] : []))
  const contacts = Array.from({ length: 500 }, (_, i) => night - day + i * 10 * minute)
  const blind = blindSpans({ events, contacts, repository: '42', since: night - day, now: night + 2 * day })
  const entries = [look(night - day, classic), look(night + day + minute, classic)]

  it('nothing is known, and nobody is accused of silence', () => {
    const advances = [push(night + hour, 1, 2), push(night + day + hour, 2, 3)]
    const merges = [merge(night + hour, 1, 102, 2), merge(night + day + hour, 2, 103, 3)]
    const posted = [passed(103, night + day)]
    expect(outcomes({ entries, advances, merges, posted, blind })).toEqual(['unknown', 'passed B'])
    expect(intervalsOf(entries, { now: night + 2 * day, blind })).toMatchObject({
      off: [],
      unknown: [{ from: night, to: night + day + minute }],
    })
  })
})
