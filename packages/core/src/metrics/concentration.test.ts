import { expect, it } from 'vitest'
import { effectiveActors } from './concentration.ts'

const by = (...actors: string[]) =>
  actors.map(actor => ({
    gate: 'g',
    at: 0,
    day: '2026-01-05',
    actor,
    sanctioned: true,
    inPersonSignals: true,
    uses: 1,
  }))

it('counts one person as one, and two with half each as a little more than two', () => {
  expect(effectiveActors(by(...'aaaaaaaa'))).toBe(1)
  expect(effectiveActors(by(...'aaaabbbb'))).toBeCloseTo(56 / 24, 12)
})

it('says nothing of few episodes, nor when nobody has two', () => {
  expect(effectiveActors(by(...'aaaaaaa'))).toBeUndefined()
  expect(effectiveActors(by(...'abcdefgh'))).toBeUndefined()
})
