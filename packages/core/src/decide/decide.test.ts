import { describe, expect, it } from 'vitest'
import { resolvedProgram } from '../program/resolved.ts'
import { decide } from './decide.ts'
import { base, type Case, loadCases } from './testdata/load.ts'
import { type Decision, type Reason, refusalCodes } from './types.ts'

const cases = loadCases()
const byFile = Map.groupBy(cases, ({ file }) => file)

describe.each([...byFile])('decide: %s', (_file, rows) => {
  it.each(rows)('$name', row => {
    check(decide(row.program, row.request, row.facts), row.expect)
  })
})

describe('the tables', () => {
  it('start from a program that the schema takes', () => {
    expect(resolvedProgram.safeParse(base.program).error).toBeUndefined()
  })

  it('show each refusal code at least once', () => {
    const shown = new Set(cases.map(row => row.expect.code).filter(code => code !== undefined))
    expect([...shown].sort()).toEqual([...refusalCodes].sort())
  })

  it('leave a reason of each rule, and a remedy wherever one is not met', () => {
    const rules = rulesOf(cases[0]!)
    for (const row of cases) {
      expect(rulesOf(row), row.name).toEqual(rules)
      for (const reason of flatten(decide(row.program, row.request, row.facts).reasons)) {
        if (reason.rule !== 'decision') expect(reason.remedy !== undefined, row.name).toBe(reason.verdict === 'not_met')
      }
    }
  })
})

function check(decision: Decision, wanted: Case['expect']) {
  const { outcome, code, remedy, terms, secondPerson, untilMs, mayApprove, verdicts } = wanted
  expect({ outcome: decision.outcome, code: 'code' in decision ? decision.code : undefined }).toEqual({ outcome, code })
  if (remedy !== undefined) expect('remedy' in decision && decision.remedy).toContain(remedy)
  expect(decision).toMatchObject({
    ...(terms && { terms }),
    ...(secondPerson && { secondPerson }),
    ...(untilMs && { untilMs }),
    ...(mayApprove && { mayApprove }),
  })
  const found = flatten(decision.reasons)
  for (const [rule, verdict] of Object.entries(verdicts ?? {})) {
    expect(found.find(reason => reason.rule === rule)?.verdict ?? null, rule).toBe(verdict)
  }
}

const flatten = (reason: Reason): Reason[] => [reason, ...(reason.children ?? []).flatMap(flatten)]
const rulesOf = (row: Case) => decide(row.program, row.request, row.facts).reasons.children?.map(({ rule }) => rule)
