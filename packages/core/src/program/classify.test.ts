import { describe, expect, it } from 'vitest'
import { base } from '../decide/testdata/load.ts'
import { classifyChange } from './classify.ts'
import type { ResolvedProgram } from './resolved.ts'

const program: ResolvedProgram = base.program
const [name = ''] = Object.entries(program.gates).find(([, gate]) => gate.breakGlass.kind === 'allowed') ?? []

/** The program with one edit, made on a copy. */
function edited(edit: (copy: ResolvedProgram) => void): ResolvedProgram {
  const copy = structuredClone(program)
  edit(copy)
  return copy
}

function glassOf(copy: ResolvedProgram) {
  const glass = copy.gates[name]?.breakGlass
  if (glass?.kind !== 'allowed') throw new Error('the base program has a gate that may be broken')
  return glass
}

describe('classifyChange', () => {
  it('calls the first program first, and the same one neutral', () => {
    expect(classifyChange(undefined, program).class).toBe('first')
    expect(classifyChange(program, structuredClone(program))).toMatchObject({ class: 'neutral', changes: [] })
  })

  it.each<[string, (copy: ResolvedProgram) => void]>([
    ['one more who may break', copy => void glassOf(copy).who.push('stranger@acme.dev')],
    ['a longer TTL', copy => void (glassOf(copy).ttlSeconds += 60)],
    ['more uses', copy => void (glassOf(copy).uses += 1)],
    ['a gate removed', copy => void delete copy.gates[name]],
    ['one more reviewer', copy => void copy.reviews.reviewers.push('stranger@acme.dev')],
    ['a shorter delay for widening', copy => void (copy.wideningDelaySeconds -= 1)],
  ])('calls %s a widening, and its reverse a narrowing', (_, edit) => {
    const wider = edited(edit)
    expect(classifyChange(program, wider).class).toBe('widening')
    expect(classifyChange(wider, program).class).toBe('narrowing')
  })

  it.each<[ReturnType<typeof glassOf>['secondPerson'], string]>([
    [{ kind: 'required' }, 'widening'],
    // The newcomer may approve at once what had to wait before.
    [{ kind: 'wait', waitSeconds: 1800 }, 'widening'],
    // Nobody was asked before: whoever is asked now is one more.
    [{ kind: 'none' }, 'narrowing'],
  ])('judges a safety net with a new approver by who was asked before: %o is a %s', (secondPerson, wanted) => {
    const before = edited(copy => {
      const glass = glassOf(copy)
      glass.secondPerson = secondPerson
      delete glass.incidentAtLeast
    })
    const net = structuredClone(before)
    const gate = net.gates[name]
    if (!gate) throw new Error('the gate is there')
    const { who, ttlSeconds } = glassOf(before)
    gate.breakGlass = { kind: 'never' }
    gate.whenItCannotRun = { afterSeconds: 60, who, approvers: ['stranger@acme.dev'], ttlSeconds }
    expect(classifyChange(before, net).class).toBe(wanted)
  })

  it('calls any change of the owners a widening: a lost one cannot object any more', () => {
    const more = edited(copy => void copy.owners.push('stranger@acme.dev'))
    expect(classifyChange(program, more).class).toBe('widening')
    expect(classifyChange(more, program).class).toBe('widening')
  })

  it('says of each change where it is, what it was and is, and why', () => {
    const { changes } = classifyChange(
      program,
      edited(copy => void (glassOf(copy).ttlSeconds += 60)),
    )
    expect(changes).toHaveLength(1)
    expect(changes[0]?.path).toContain(name)
    expect(changes[0]?.why).not.toBe('')
    expect(changes[0]?.was).not.toBe(changes[0]?.is)
  })
})
