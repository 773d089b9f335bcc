import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileProgram } from './check/check.ts'
import { beneficiaries, classifyChange, type ProgramChange } from './classify.ts'
import { type ResolvedGate, type ResolvedProgram, resolvedProgram } from './resolved.ts'
import { readExample, registry } from './testdata/load.ts'

/* The example, resolved, and edits to it: what is true of every change of a program, whatever it changes. */

const base = exampleResolved()
const gateNames = Object.keys(base.gates)
const groupNames = Object.keys(base.groups)

function exampleResolved(): ResolvedProgram {
  const files = Object.fromEntries(
    ['gates/platform.yaml', 'calendars/de-be.yaml'].map(path => [path, readExample(path)]),
  )
  const compiled = compileProgram({ file: 'breakglass.yaml', text: readExample('breakglass.yaml'), files }, registry)
  if (!compiled.ok) throw new Error('the example has errors')
  return compiled.resolved
}

type Edit = (program: ResolvedProgram) => void
type Allowed = Extract<ResolvedGate['breakGlass'], { kind: 'allowed' }>

const stranger = 'stranger@acme.dev'
const gate = fc.constantFrom(...gateNames)
const account = fc.constantFrom(stranger, 'ana@acme.dev', 'mina@acme.dev', 'github:kofi')
const ref = fc.oneof(account, fc.constantFrom('owners', 'nobody-yet', ...groupNames))
const refs = fc.uniqueArray(ref, { minLength: 1, maxLength: 4 })
const branches = fc.uniqueArray(fc.constantFrom('main', 'release/*', '**', 'hotfix'), { minLength: 1 })
const severity = fc.constantFrom('SEV1', 'SEV2', 'SEV3', undefined)
const seconds = fc.integer({ min: 60, max: 1800 })

const gateEdit = <T>(value: fc.Arbitrary<T>, apply: (gate: ResolvedGate, value: T) => void): fc.Arbitrary<Edit> =>
  fc.tuple(gate, value).map(([name, chosen]) => program => {
    const found = program.gates[name]
    if (found) apply(found, chosen)
  })

const termsEdit = <T>(value: fc.Arbitrary<T>, apply: (terms: Allowed, value: T) => void): fc.Arbitrary<Edit> =>
  gateEdit(value, ({ breakGlass }, chosen) => {
    if (breakGlass.kind === 'allowed') apply(breakGlass, chosen)
  })

const programEdit = <T>(value: fc.Arbitrary<T>, apply: (program: ResolvedProgram, value: T) => void) =>
  value.map(
    (chosen): Edit =>
      program =>
        apply(program, chosen),
  )

const secondPerson: fc.Arbitrary<Allowed['secondPerson']> = fc.oneof(
  fc.record({ kind: fc.constantFrom('required' as const, 'none' as const) }),
  fc.record({ kind: fc.constant('wait' as const), waitSeconds: seconds }),
)

const allowed: fc.Arbitrary<Allowed> = fc
  .record({ who: refs, approvers: refs, secondPerson, ttlSeconds: seconds, uses: fc.integer({ min: 1, max: 3 }) })
  .map(terms => ({ kind: 'allowed', ...terms, bots: [], offline: false }))

const passes: fc.Arbitrary<ResolvedGate['passes']> = fc.oneof(
  fc.record({ kind: fc.constant('check' as const), check: fc.constantFrom('a', 'b') }),
  fc.record({ kind: fc.constant('reviews' as const), count: fc.integer({ min: 1, max: 3 }) }),
)

const whenUnavailable: fc.Arbitrary<ResolvedGate['whenUnavailable']> = fc.oneof(
  fc.record({ kind: fc.constant('closed' as const) }),
  fc.record({ kind: fc.constant('pass' as const), forSeconds: seconds }),
)

const fallback = fc.record({ afterSeconds: seconds, who: refs, approvers: refs, ttlSeconds: seconds })

const group: fc.Arbitrary<ResolvedProgram['groups'][string]> = fc.oneof(
  fc.record({ kind: fc.constant('members' as const), members: fc.uniqueArray(account, { maxLength: 3 }) }),
  fc.constantFrom({ kind: 'incident' as const }, { kind: 'schedule' as const, schedule: 'ics:https://a.example' }),
)

const edit: fc.Arbitrary<Edit> = fc.oneof(
  termsEdit(refs, (terms, who) => void (terms.who = who)),
  termsEdit(refs, (terms, approvers) => void (terms.approvers = approvers)),
  termsEdit(fc.uniqueArray(account), (terms, bots) => void (terms.bots = bots)),
  termsEdit(secondPerson, (terms, wanted) => void (terms.secondPerson = wanted)),
  termsEdit(seconds, (terms, ttl) => void (terms.ttlSeconds = ttl)),
  termsEdit(fc.integer({ min: 1, max: 10 }), (terms, uses) => void (terms.uses = uses)),
  termsEdit(fc.boolean(), (terms, offline) => void (terms.offline = offline)),
  termsEdit(severity, (terms, bar) => {
    if (bar === undefined) delete terms.incidentAtLeast
    else terms.incidentAtLeast = bar
  }),
  // Only a safety net has a fallback: the check refuses a gate with both ways in.
  gateEdit(fc.oneof(allowed, fc.constant({ kind: 'never' as const })), (one, terms) => {
    one.breakGlass = terms
    if (terms.kind === 'allowed') delete one.whenItCannotRun
  }),
  gateEdit(fallback, (one, way) => {
    one.whenItCannotRun = way
    one.breakGlass = { kind: 'never' }
  }),
  gateEdit(fc.constant(undefined), one => void delete one.whenItCannotRun),
  gateEdit(fc.constantFrom('control', 'quality', 'advisory'), (one, wanted) => void (one.class = wanted)),
  gateEdit(fc.constantFrom('merge', 'deploy', 'operate'), (one, boundary) => void (one.boundary = boundary)),
  gateEdit(passes, (one, way) => void (one.passes = way)),
  gateEdit(whenUnavailable, (one, way) => void (one.whenUnavailable = way)),
  gateEdit(ref, (one, owner) => void (one.owner = owner)),
  gateEdit(branches, (one, patterns) => void (one.on.branches = patterns)),
  gateEdit(fc.constant(undefined), one => void one.on.repositories.pop()),
  gateEdit(fc.string(), (one, words) => void (one.protects = words)),
  programEdit(gate, (program, name) => void delete program.gates[name]),
  programEdit(gate, (program, name) => {
    const copied = base.gates[name]
    if (copied) program.gates['new/gate'] = { ...structuredClone(copied), name: 'new/gate' }
  }),
  programEdit(fc.tuple(fc.constantFrom('new-group', ...groupNames), group), (program, [name, filled]) => {
    program.groups[name] = filled
  }),
  programEdit(fc.constantFrom(...groupNames), (program, name) => void delete program.groups[name]),
  programEdit(refs, (program, owners) => void (program.owners = owners)),
  programEdit(refs, (program, reviewers) => void (program.reviews.reviewers = reviewers)),
  programEdit(fc.uniqueArray(ref), (program, told) => void (program.reviews.escalate = told)),
  programEdit(fc.integer({ min: 1, max: 10 }), (program, days) => void (program.reviews.dueBusinessDays = days)),
  programEdit(
    fc.uniqueArray(fc.integer({ min: 1, max: 7 })),
    (program, days) => void (program.calendar.weekend = days),
  ),
  programEdit(seconds, (program, most) => void (program.waivers.longestSeconds = most)),
  programEdit(fc.integer({ min: 0, max: 12 }), (program, most) => void (program.waivers.renewals = most)),
  programEdit(fc.integer({ min: 0, max: 90_000 }), (program, delay) => void (program.wideningDelaySeconds = delay)),
  programEdit(seconds, (program, most) => void (program.offlineTtlSecondsMax = most)),
  programEdit(fc.constant(undefined), program => void delete program.drills),
  programEdit(fc.constantFrom('UTC', 'Europe/Berlin'), (program, zone) => void (program.timezone = zone)),
)

/** The example with some edits; most of them are programs that somebody could publish. */
const program = fc.array(edit, { maxLength: 4 }).map(edits => edited(base, ...edits))

function edited(from: ResolvedProgram, ...edits: Edit[]): ResolvedProgram {
  const copy = structuredClone(from)
  for (const one of edits) one(copy)
  return copy
}

const classesOf = ({ changes }: ProgramChange) => new Set(changes.map(change => change.class))

describe('a change of a program', () => {
  it('is made of programs that the schema takes', () => {
    fc.assert(fc.property(program, one => void resolvedProgram.parse(one)))
  })

  it('to the same program is neutral and changes nothing, in whatever order its members stand', () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inner]) => [key, turned(inner)]),
      )
    }
    fc.assert(
      fc.property(program, one => {
        const same = { class: 'neutral', changes: [], gains: [] }
        expect(classifyChange(one, structuredClone(one))).toEqual(same)
        expect(classifyChange(one, resolvedProgram.parse(turned(one)))).toEqual(same)
      }),
    )
  })

  it('that only narrows widens when it is taken back; one that is neutral is neutral both ways', () => {
    fc.assert(
      fc.property(program, fc.array(edit, { minLength: 1, maxLength: 3 }), (before, edits) => {
        const after = edited(before, ...edits)
        const [there, back] = [classifyChange(before, after), classifyChange(after, before)]
        if (there.class === 'narrowing') expect(back.class).toBe('widening')
        if (there.class === 'neutral') expect(back.class).toBe('neutral')
        expect(back.changes.length === 0).toBe(there.changes.length === 0)
      }),
      { numRuns: 1000 },
    )
  })

  it('is as wide as the widest of its places, and says who gains by each widening', () => {
    fc.assert(
      fc.property(program, program, (before, after) => {
        const change = classifyChange(before, after)
        const classes = classesOf(change)
        const widest = (['widening', 'narrowing', 'neutral'] as const).find(one => classes.has(one))
        expect(change.class).toBe(widest ?? 'neutral')
        expect(change.gains.length > 0).toBe(change.class === 'widening')
        for (const { path, was, is, why } of change.changes) {
          expect(path).not.toBe('')
          expect(why).not.toBe('')
          // The one text that may be left out; see the next test.
          if (!path.endsWith('.protects')) expect([was, is]).not.toContain('')
        }
      }),
    )
  })

  it('shows nothing at all for words that a gate does not have', () => {
    // This is wrong: what is absent reads “none” everywhere else. What a gate protects is the empty text when it is left out.
    const [name = ''] = gateNames
    const silent = edited(base, copy => void Object.assign(copy.gates[name] ?? {}, { protects: '' }))
    const was = base.gates[name]?.protects
    expect(was).not.toBe('')
    expect(classifyChange(base, silent).changes).toMatchObject([{ path: `gates.${name}.protects`, was, is: '' }])
  })

  it('that adds somebody who may open, approve or review is a widening, and they gain by it', () => {
    const places: [string, (program: ResolvedProgram) => string[] | undefined][] = [
      ['reviewers', ({ reviews }) => reviews.reviewers],
      ...gateNames.flatMap((name): typeof places => [
        [`${name} who`, ({ gates }) => termsOf(gates[name])?.who],
        [`${name} approvers`, ({ gates }) => termsOf(gates[name])?.approvers],
        [`${name} bots`, ({ gates }) => termsOf(gates[name])?.bots],
        [`${name} who, when it cannot run`, ({ gates }) => gates[name]?.whenItCannotRun?.who],
        [`${name} approvers, when it cannot run`, ({ gates }) => gates[name]?.whenItCannotRun?.approvers],
      ]),
    ]
    fc.assert(
      fc.property(program, fc.constantFrom(...places), fc.emailAddress(), (before, [, listOf], newcomer) => {
        const list = listOf(before)
        fc.pre(list !== undefined && !list.includes(newcomer))
        const after = edited(before, copy => void listOf(copy)?.push(newcomer))
        const change = classifyChange(before, after)
        expect(change.class).toBe('widening')
        expect(beneficiaries(change)).toEqual([newcomer])
        // And whoever is taken out again narrows it.
        expect(classifyChange(after, before).class).toBe('narrowing')
      }),
      { numRuns: 500 },
    )
  })

  it('that adds somebody to a group with power is a widening', () => {
    for (const [name, filled] of Object.entries(base.groups)) {
      if (filled.kind !== 'members') continue
      const after = edited(base, copy => {
        const group = copy.groups[name]
        if (group?.kind === 'members') group.members.push(stranger)
      })
      expect([name, classifyChange(base, after).class]).toEqual([name, 'widening'])
    }
  })

  it('of a member that no rule knows is a widening, when it comes, goes or changes', () => {
    const homes: [string, (program: ResolvedProgram) => object | undefined][] = [
      ['the program', one => one],
      ['calendar', one => one.calendar],
      ['reviews', one => one.reviews],
      ['waivers', one => one.waivers],
      ...gateNames.flatMap((name): typeof homes => [
        [name, one => one.gates[name]],
        [`${name} on`, one => one.gates[name]?.on],
        [`${name} breakGlass`, one => one.gates[name]?.breakGlass],
        [`${name} whenItCannotRun`, one => one.gates[name]?.whenItCannotRun],
      ]),
    ]
    const value = fc.jsonValue().filter(one => isWritable(one))
    const key = fc.string({ minLength: 1, maxLength: 12 }).map(text => `x-${text.toWellFormed()}`)
    fc.assert(
      fc.property(program, fc.constantFrom(...homes), key, value, value, (before, [, homeOf], name, was, is) => {
        fc.pre(homeOf(before) !== undefined)
        const having = (wanted: unknown) =>
          edited(before, copy => void Object.assign(homeOf(copy) ?? {}, { [name]: wanted }))
        expect(classifyChange(before, having(is)).class).toBe('widening')
        expect(classifyChange(having(was), before).class).toBe('widening')
        if (JSON.stringify(was) !== JSON.stringify(is)) {
          expect(classifyChange(having(was), having(is)).class).not.toBe('narrowing')
        }
      }),
      { numRuns: 500 },
    )
  })
})

const termsOf = (one: ResolvedGate | undefined) => (one?.breakGlass.kind === 'allowed' ? one.breakGlass : undefined)

/** What leaves for good holds whole numbers and no null (docs/formats/statement.md). */
function isWritable(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0)
  if (typeof value === 'string') return value.isWellFormed()
  if (Array.isArray(value)) return value.every(isWritable)
  if (typeof value !== 'object') return true
  return value !== null && Object.entries(value).every(([key, inner]) => key.isWellFormed() && isWritable(inner))
}
