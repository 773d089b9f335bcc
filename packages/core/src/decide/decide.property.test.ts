import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wayInto } from './context.ts'
import { decide } from './decide.ts'
import { renderReasons } from './render.ts'
import { base, published } from './testdata/load.ts'
import type { Facts, GrantRequest, Reason, Role } from './types.ts'

const people = ['p_ana', 'p_ben', 'p_kay', 'p_dee', 'p_eve', 'p_bot', 'p_mina']
const { program } = base
const usual = ['payments/integration-tests', 'payments/style', 'payments/review']
const inForce = published(program)

const person = fc.constantFrom(...people)
const ms = fc.oneof(
  fc.integer({ min: base.facts.nowMs - 10_000_000, max: base.facts.nowMs + 1_000_000 }),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, 1e300, base.facts.nowMs),
)
const since = fc.oneof(fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-11-23T02:59:00.000Z'), fc.string())
const member = fc.record({ person, since })
const repository = fc.oneof(
  { weight: 40, arbitrary: fc.constant(base.request.repository) },
  { weight: 1, arbitrary: fc.record({ forge: fc.string(), host: fc.string(), id: fc.string() }) },
)
const sometimes = <T>(usual: T, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 40, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other })

const strangeRoster: fc.Arbitrary<Facts['roster']> = fc.record({
  asOf: since,
  groups: fc.record({
    'payments-oncall': fc.array(member, { maxLength: 4 }),
    'senior-engineers': fc.array(member, { maxLength: 4 }),
  }),
  accounts: fc.dictionary(fc.constantFrom('dee@acme.dev', 'deploy-bot@acme.dev', '__proto__', 'toString'), member),
  unresolved: fc.array(fc.oneof(fc.constantFrom('dee@acme.dev', 'payments-oncall'), fc.string()), { maxLength: 2 }),
})

const roster = fc.oneof(fc.constant(base.facts.roster), strangeRoster)

const strangeIncident: fc.Arbitrary<Facts['incident']> = fc.oneof(
  fc.constant({ state: 'none' as const }),
  fc.record({
    state: fc.constantFrom('unknown' as const, 'unreachable' as const),
    id: fc.constantFrom('in_fire', 'x'),
  }),
  fc.record({
    state: fc.constantFrom('open' as const, 'open' as const, 'resolved' as const),
    id: sometimes('in_fire', fc.string()),
    severity: fc.constantFrom('SEV1' as const, 'SEV2' as const, 'SEV3' as const),
    verified: fc.boolean(),
    openedAtMs: ms,
  }),
)

const incident = fc.oneof(fc.constant(base.facts.incident), strangeIncident)

const request: fc.Arbitrary<GrantRequest> = fc.record(
  {
    gate: fc.oneof(
      fc.constantFrom(...usual),
      fc.constantFrom(...Object.keys(program.gates)),
      fc.constantFrom('toString', '__proto__', 'nowhere'),
    ),
    repository,
    ref: sometimes('refs/heads/main', fc.string()),
    change: sometimes<GrantRequest['change']>(
      base.request.change,
      fc.oneof(
        fc.record({ deployment: fc.string(), artifact: fc.string() }),
        fc.record({ operation: fc.string() }),
        fc.record({ commit: fc.string() }),
      ),
    ),
    at: sometimes('pt_hook', fc.string()),
    mode: fc.constantFrom('online' as const, 'offline' as const),
    incident: sometimes('in_fire', fc.string()),
    ttlSeconds: sometimes(300, fc.oneof(fc.integer({ min: 60, max: 2000 }), fc.double())),
    justification: sometimes(base.request.justification, fc.string()),
  },
  { requiredKeys: ['gate', 'repository', 'ref', 'incident', 'change', 'at', 'mode', 'justification'] },
)

const facts: fc.Arbitrary<Facts> = fc.record(
  {
    nowMs: sometimes(base.facts.nowMs, ms),
    actor: fc.record(
      {
        person: fc.oneof(fc.constant('p_ben'), person),
        kind: sometimes<'human' | 'bot'>('human', fc.constant('bot')),
        roles: sometimes<Role[]>([], fc.uniqueArray(fc.constantFrom<Role>('admin', 'auditor', 'observer', 'owner'))),
      },
      { requiredKeys: ['kind', 'roles'] },
    ),
    roster,
    incident,
    authors: fc.oneof(fc.constant('unknown' as const), fc.array(person, { maxLength: 2 })),
    results: fc.dictionary(
      fc.constantFrom('payments/smoke', 'payments/secrets', '__proto__'),
      fc.record({ result: fc.constantFrom('pass' as const, 'fail' as const, 'could_not_run' as const), sinceMs: ms }),
    ),
    point: fc.record({
      id: sometimes('pt_hook', fc.string()),
      known: sometimes(true, fc.boolean()),
      repository,
      boundaries: sometimes<Facts['point']['boundaries']>(['merge', 'deploy', 'operate'], fc.constant([])),
      enforcement: fc.constantFrom('enforced' as const, 'cooperative' as const),
      offlineCapable: fc.boolean(),
    }),
    mayNotApprove: fc.array(person, { maxLength: 2 }),
    waiting: fc.record({
      sinceMs: ms,
      approvals: fc.array(fc.record({ person, atMs: ms }), { maxLength: 3 }),
      over: fc.boolean(),
    }),
    same: sometimes<Facts['same']>([], fc.array(fc.record({ grant: fc.string(), actor: person, state: fc.string() }))),
    clockSkewMs: sometimes(0, ms),
  },
  { requiredKeys: ['nowMs', 'actor', 'roster', 'incident', 'authors', 'results', 'point', 'same', 'clockSkewMs'] },
)

const runs = { numRuns: 3000 }

describe('decide, whatever the facts', () => {
  it('answers always, the same each time, and its reasons can be printed', () => {
    fc.assert(
      fc.property(request, facts, (request, facts) => {
        const decision = decide(inForce, request, facts)
        expect(decide(inForce, structuredClone(request), structuredClone(facts))).toEqual(decision)
        expect(renderReasons(decision.reasons).length).toBeGreaterThan(18)
      }),
      { numRuns: 1000 },
    )
  })

  it('grants often enough for the other properties to mean something', () => {
    const outcomes = fc
      .sample(fc.tuple(request, facts), { numRuns: 3000, seed: 1 })
      .map(([request, facts]) => decide(inForce, request, facts).outcome)
    expect(outcomes.filter(outcome => outcome === 'granted').length).toBeGreaterThan(10)
    expect(outcomes.filter(outcome => outcome === 'waiting').length).toBeGreaterThan(10)
  })

  it('grants only when no rule is unmet', () => {
    holdsForGranted(({ reasons }) =>
      expect(flatten(reasons).filter(({ verdict }) => verdict === 'not_met')).toEqual([]),
    )
  })

  it('grants nothing to an administrator', () => {
    fc.assert(
      fc.property(request, facts, (request, facts) => {
        const actor = { ...facts.actor, roles: [...facts.actor.roles, 'admin' as const] }
        expect(decide(inForce, request, { ...facts, actor }).outcome).toBe('refused')
      }),
      runs,
    )
  })

  it("grants no more time than the program, the request and offline use allow, and never an author's or own approval", () => {
    holdsForGranted(({ terms }, request, facts) => {
      const way = wayInto(program.gates[request.gate]!)!
      expect(terms.ttlSeconds).toBeLessThanOrEqual(way.ttlSeconds)
      expect(terms.ttlSeconds).toBeLessThanOrEqual(request.ttlSeconds ?? Infinity)
      if (request.mode === 'offline') expect(terms.ttlSeconds).toBeLessThanOrEqual(program.offlineTtlSecondsMax)
      expect(terms.ttlSeconds).toBeGreaterThanOrEqual(60)
      expect(terms.uses).toBeLessThanOrEqual(way.uses)
      expect(terms.approvers).not.toContain(facts.actor.person)
      for (const author of facts.authors === 'unknown' ? [] : facts.authors)
        expect(terms.approvers).not.toContain(author)
      if (way.kind === 'safety_net_fallback') expect(terms.secondPerson).toBe('approved')
    })
  })

  it('never turns a refusal into a grant by taking the actor off the roster', () => {
    fc.assert(
      fc.property(request, facts, (request, facts) => {
        const without = decide(inForce, request, { ...facts, roster: withoutActor(facts) })
        expect(without.outcome).toBe('refused')
      }),
      runs,
    )
  })

  it("opens nothing on the program's own source", () => {
    fc.assert(
      fc.property(request, facts, (request, facts) => {
        const place = { repository: program.source!.repository, ref: program.source!.ref }
        const point = { ...facts.point, repository: place.repository }
        expect(decide(inForce, { ...request, ...place }, { ...facts, point }).outcome).toBe('refused')
      }),
      runs,
    )
  })
})

type Granted = Extract<ReturnType<typeof decide>, { outcome: 'granted' }>

function holdsForGranted(holds: (decision: Granted, request: GrantRequest, facts: Facts) => void) {
  fc.assert(
    fc.property(request, facts, (request, facts) => {
      const decision = decide(inForce, request, facts)
      if (decision.outcome === 'granted') holds(decision, request, facts)
    }),
    runs,
  )
}

function withoutActor({ roster, actor }: Facts): Facts['roster'] {
  const others = (entries: readonly { person: string; since: string }[]) =>
    entries.filter(entry => entry.person !== actor.person)
  return {
    ...roster,
    groups: Object.fromEntries(Object.entries(roster.groups).map(([name, entries]) => [name, others(entries)])),
    accounts: Object.fromEntries(Object.entries(roster.accounts).filter(([, entry]) => entry.person !== actor.person)),
  }
}

const flatten = (reason: Reason): Reason[] => [reason, ...(reason.children ?? []).flatMap(flatten)]
