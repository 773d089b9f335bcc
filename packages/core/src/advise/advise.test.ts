import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateOf } from '../metrics/rates.ts'
import type { Label } from '../metrics/words.ts'
import { compileProgram } from '../program/check/check.ts'
import type { ProgramFiles } from '../program/parse.ts'
import { baseText, readExample, registry } from '../program/testdata/load.ts'
import { adviceRules } from './advice.ts'
import { advise } from './advise.ts'
import { factsOfBaseline, gateFacts, type GateFacts } from './facts.ts'

interface Numbers {
  gate: string
  label: Label
  fired?: Label[]
  x: number
  n: number
  glass?: number
  outside?: number
  effectiveActors?: number
  flake?: [number, number]
}
interface Row {
  name: string
  replace?: [string, string][]
  numbers?: Numbers[]
  expect: { rule: keyof typeof adviceRules; gate: string; class?: string; edits: Record<string, unknown> }[]
}

const table = parse(readFileSync(new URL('./testdata/table.yaml', import.meta.url), 'utf8')) as Row[]

const rate = (x: number, n: number) => ({ x, n, interval: rateOf(x, n).interval })

function factsOf({ gate, label, fired = [label], x, n, glass, outside, effectiveActors, flake }: Numbers): GateFacts {
  return gateFacts.parse({
    gate,
    label,
    fired,
    window: { from: '2026-05-25', to: '2026-11-22' },
    bypass: rate(x, n),
    ...(glass === undefined ? {} : { glass: rate(glass, n), unsanctioned: rate(x - glass, n) }),
    ...(outside === undefined ? {} : { outside }),
    ...(effectiveActors === undefined ? {} : { effectiveActors }),
    ...(flake === undefined ? {} : { flake: rate(...flake) }),
  })
}

const filesOf = ({ replace = [] }: Row): ProgramFiles => ({
  file: 'breakglass.yaml',
  text: replace.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`base.yaml does not hold ${from}`)
    return text.replace(from, () => to)
  }, baseText),
})

function adviceOf(files: ProgramFiles, numbers: readonly GateFacts[] = []) {
  const advising = advise(files, registry, numbers)
  if (!advising.ok) throw new Error(JSON.stringify(advising.remarks))
  return advising
}

describe('advice from the truth table', () => {
  it.each(table.map(row => [row.name, row] as const))('%s', (_, row) => {
    const { advice } = adviceOf(filesOf(row), (row.numbers ?? []).map(factsOf))
    const told = advice.map(({ rule, gate, class: one, edits }) => ({
      rule,
      gate,
      ...(one === undefined ? {} : { class: one }),
      edits: Object.fromEntries(edits.map(({ path, is }) => [path, is])),
    }))
    expect(told).toEqual(row.expect)
    for (const { evidence, reason, remedy, diff, noEdit } of advice) {
      expect(evidence.length).toBeGreaterThan(0)
      for (const { what } of evidence) expect(what).not.toBe('')
      expect(reason).toMatch(/\.$/)
      expect(remedy).toMatch(/\.$/)
      expect(diff === undefined).toBe(noEdit !== undefined)
    }
  })

  it('has a row that fires and edits for every rule', () => {
    const fired = new Set(table.flatMap(row => row.expect.map(({ rule }) => rule)))
    expect([...fired].toSorted()).toEqual(Object.keys(adviceRules).toSorted())
  })
})

describe('a ready diff', () => {
  it('gives, applied, a program that reads and that the same advice is not given of again', () => {
    for (const row of table) {
      const files = filesOf(row)
      const numbers = (row.numbers ?? []).map(factsOf)
      for (const { rule, diff } of adviceOf(files, numbers).advice) {
        if (diff === undefined) continue
        const text = patched(files.text, diff)
        const compiled = compileProgram({ ...files, text }, registry)
        expect([row.name, compiled.ok]).toEqual([row.name, true])
        const again = adviceOf({ ...files, text }, numbers).advice
        expect([row.name, again.filter(one => one.rule === rule && one.diff === diff)]).toEqual([row.name, []])
      }
    }
  })

  it('changes the file that defines the gate, and keeps its comments', () => {
    const names = ['gates/platform.yaml', 'calendars/de-be.yaml']
    const files = {
      file: 'breakglass.yaml',
      text: readExample('breakglass.yaml'),
      files: Object.fromEntries(names.map(name => [name, readExample(name)])),
    }
    const compiled = compileProgram(files, registry)
    if (!compiled.ok) throw new Error('our example compiles')
    const gates = Object.values(compiled.resolved.gates)
    const numbers = gates.map(({ name }) => factsOf({ gate: name, label: 'high', x: 90, n: 400, glass: 9 }))
    const { advice } = adviceOf(files, numbers)
    expect(advice.length).toBeGreaterThan(1)
    expect(advice.some(({ diff = '' }) => diff.startsWith('--- a/gates/platform.yaml'))).toBe(true)
    for (const { diff = '' } of advice) expect(diff).not.toMatch(/^-.*#/m)
  })
})

/** `patch`, for one hunk. */
function patched(text: string, diff: string): string {
  const [, , header = '', ...body] = diff.split(/(?<=\n)/)
  const from = Number(/^@@ -(\d+)/.exec(header)![1]) - 1
  const lines = text.split(/(?<=\n)/)
  const kept = (signs: string) => body.filter(line => signs.includes(line[0]!)).map(line => line.slice(1))
  const old = kept(' -')
  expect(lines.slice(from, from + old.length)).toEqual(old)
  return [...lines.slice(0, from), ...kept(' +'), ...lines.slice(from + old.length)].join('')
}

describe('advising', () => {
  it('says which gates nobody measured, and which numbers are of no gate of the program', () => {
    const { unmeasured, unknown } = adviceOf(filesOf({ name: '', expect: [] }), [
      factsOf({ gate: 'tryjobs', label: 'watch', x: 1, n: 300 }),
      factsOf({ gate: 'payments/tests', label: 'watch', x: 1, n: 300 }),
    ])
    expect({ unmeasured, unknown }).toEqual({ unmeasured: ['payments/smoke'], unknown: ['tryjobs'] })
  })

  it('answers a program with errors with its remarks', () => {
    expect(advise({ file: 'a.yaml', text: 'organization: acme' }, registry, [])).toMatchObject({ ok: false })
  })

  it('reads a history without inventing what it does not say', () => {
    const gate = {
      name: 'payments/tests',
      label: 'high' as const,
      fired: ['high' as const],
      window: { from: '2026-05-25', to: '2026-11-22', x: 60, n: 400, interval: rateOf(60, 400).interval },
      people: { bypassers: 9, most: [] },
    }
    // A gate as `baseline --json` prints it, without the parts that advice does not look at.
    const report = { gates: [gate] } as unknown as Parameters<typeof factsOfBaseline>[0]
    const [facts] = factsOfBaseline(report)
    expect(facts).not.toHaveProperty('glass')
    expect(adviceOf(filesOf({ name: '', expect: [] }), [facts!]).advice.map(({ rule }) => rule)).toEqual(['relax_gate'])
  })

  it('gives a diff that leaves a program, whatever the numbers', () => {
    const numbers = fc.record({
      label: fc.constantFrom<Label>('high', 'rising', 'weekday', 'near_zero', 'incidents_only', 'watch'),
      x: fc.nat(200),
      more: fc.nat(500),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      actors: fc.integer({ min: 1, max: 20 }),
    })
    fc.assert(
      fc.property(numbers, numbers, (tests, smoke) => {
        const given = [['payments/tests', tests] as const, ['payments/smoke', smoke] as const].map(([gate, each]) => {
          const { label, x, more, share, actors } = each
          const glass = Math.round(x * share)
          return factsOf({ gate, label, x, n: x + more, glass, outside: glass, effectiveActors: actors })
        })
        // `advise` itself throws when a diff would leave no program.
        expect(advise(filesOf({ name: '', expect: [] }), registry, given).ok).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})
