import { afterAll, describe, expect, it } from 'vitest'
import { createWorld } from '../testing/world.ts'

const world = createWorld()
afterAll(() => world.remove())

interface Printed {
  gates: { planted: { truth: string; label: string }; label: string; right: boolean; whyItHurts?: string }[]
  couldNotSee: string[]
  data?: { days: unknown[]; uses: unknown[] }[]
}
const printed = async (...args: string[]) =>
  JSON.parse((await world.run(['simulate', ...args, '--json'])).stdout) as Printed

describe('simulate', () => {
  it('prints what was planted beside what the labels say, and asks no server', async () => {
    const { exit, stdout } = await world.run(['simulate', '--seed', '1'])
    expect(exit).toBe(0)
    expect(stdout).toContain('seed 1')
    expect(stdout).toMatch(/Fridays at 15 %.*one weekday/)
    expect(stdout).toContain('fails 1 run in 3 on unchanged code')
    expect(stdout).toContain('what they could not see')
    expect(world.server.calls).toEqual([])
  })

  it('is the same each time, and another with another seed', async () => {
    const [first, again, other] = [
      await printed('--seed', '3'),
      await printed('--seed', '3'),
      await printed('--seed', '4'),
    ]
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
  })

  it('says what a short look misses', async () => {
    const { gates, couldNotSee } = await printed('--weeks', '8', '--per-week', '10')
    expect(gates.some(({ right }) => !right)).toBe(true)
    expect(couldNotSee.join('\n')).toContain('Under 13 weeks no rise is looked for.')
    expect(couldNotSee.filter(line => line.includes('planted'))).toHaveLength(
      gates.filter(({ right }) => !right).length,
    )
  })

  it('hands out the data only when asked', async () => {
    expect((await printed('--weeks', '2')).data).toBeUndefined()
    expect((await printed('--weeks', '2', '--data')).data?.[0]?.days).toHaveLength(10)
    expect((await world.run(['simulate', '--data'])).exit).toBe(2)
  })

  it.each([
    ['--weeks', '0'],
    ['--weeks', '521'],
    ['--per-week', '1924'],
    ['--seed', '4294967296'],
  ])('refuses %s %s', async (flag, value) => {
    expect((await world.run(['simulate', flag, value])).exit).toBe(2)
  })
})
