import type { Commit } from '@breakglass/verify'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type GateEvidence, isClosed, judgeGate, noEvidence, type Scene } from './judge.ts'
import { openCommand, shellWord } from './remedy.ts'
import { plain } from './plain.ts'
import { gates, idNumbered, repository, World } from './testing/world.ts'

const commit: Commit = `sha1:${'ab'.repeat(20)}`
const world = new World()
const genuine = {
  receipt: world.receipt({ gate: gates.style, commit: `sha1:${'cd'.repeat(20)}` }),
  grant: world.grant({ commit: `sha1:${'cd'.repeat(20)}` }).carried,
  waiver: world.waiver({ gate: gates.style }),
}

function sceneOf(change: Partial<Scene> = {}): Scene {
  const digest = world.programDigest
  return {
    at: idNumbered('point', 1),
    repository,
    repositoryName: 'acme/payments',
    ref: 'refs/heads/main',
    commit,
    trust: world.trust,
    program: { digest, known: new Set([digest]) },
    isProgramSource: false,
    nowMs: world.nowMs,
    online: true,
    standing: () => 'joined',
    useKey: () => 'key',
    spentFor: () => [],
    ...change,
  }
}

/** What strangers send: noise, and genuine bytes with one character changed, cut or doubled. */
const spoiled = (text: string) =>
  fc
    .tuple(fc.nat(text.length - 1), fc.string({ maxLength: 2 }))
    .map(([at, patch]) => text.slice(0, at) + patch + text.slice(at + 1))
const hostile = (text: string) =>
  fc.array(fc.oneof(fc.string({ unit: 'binary' }), spoiled(text), fc.constant(text)), { maxLength: 4 })

const evidence: fc.Arbitrary<GateEvidence> = fc.record({
  receipts: hostile(genuine.receipt),
  grants: hostile(genuine.grant),
  waivers: hostile(genuine.waiver),
  windows: hostile(genuine.grant),
  notes: fc.array(fc.string()),
})

describe('whatever is shown', () => {
  it('never throws and never opens a gate for a commit that nobody passed or granted', () => {
    fc.assert(
      fc.property(evidence, fc.boolean(), fc.constantFrom(...Object.values(gates)), (shown, online, name) => {
        const gate = world.program.gates[name]!
        const verdict = judgeGate(gate, shown, sceneOf({ online }))
        // A waiver holds for every commit: the genuine one opens its own gate, and nothing else does.
        const waived = name === gates.style && shown.waivers.includes(genuine.waiver)
        expect(isClosed(verdict)).toBe(!waived)
      }),
      { numRuns: 400 },
    )
  })

  it('opens by one grant for exactly one scope: any other place, commit, point or time is closed', () => {
    const { carried } = world.grant({ commit })
    const gate = world.program.gates[gates.tests]!
    const elsewhere = fc.record(
      {
        at: fc.constantFrom(idNumbered('point', 1), idNumbered('point', 2)),
        ref: fc.constantFrom('refs/heads/main', 'refs/heads/release/1'),
        commit: fc.constantFrom<Commit>(commit, `sha1:${'cd'.repeat(20)}`),
        repository: fc.constantFrom(repository, { ...repository, id: idNumbered('repository', 2) }),
        nowMs: fc.integer({ min: world.nowMs - 4_000_000, max: world.nowMs + 4_000_000 }),
      },
      { noNullPrototype: true },
    )
    fc.assert(
      fc.property(elsewhere, place => {
        const verdict = judgeGate(gate, { ...noEvidence, grants: [carried] }, sceneOf(place))
        const isHere =
          place.at === idNumbered('point', 1) &&
          place.ref === 'refs/heads/main' &&
          place.commit === commit &&
          place.repository === repository &&
          place.nowMs >= world.nowMs - 60_000 &&
          place.nowMs < world.nowMs + 1_800_000
        expect(isClosed(verdict)).toBe(!isHere)
      }),
      { numRuns: 400 },
    )
  })
})

describe('words for a terminal', () => {
  it('hold no control characters and are bounded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(plain(text)).not.toMatch(/[\p{Cc}\p{Cf}]/u)
        expect(plain(text).length).toBeLessThanOrEqual(601)
      }),
    )
  })

  it('are one word for a shell, whatever a branch is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        const word = shellWord(text)
        expect(word === text || (word.startsWith("'") && word.endsWith("'"))).toBe(true)
      }),
    )
    const command = openCommand('a/b', { repositoryName: 'acme/x', commit, ref: 'refs/heads/a;rm -rf $(x)' })
    expect(command).toContain("--ref 'a;rm -rf $(x)'")
  })
})
