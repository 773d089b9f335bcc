import { describe, expect, it } from 'vitest'
import type { Episode } from './episodes.ts'
import { habitsOf } from './habits.ts'
import { teamSignals } from './teams.ts'

const dayOf = (index: number) => new Date(Date.UTC(2026, 0, 5) + index * 86_400_000).toISOString().slice(0, 10)
const days = Array.from({ length: 60 }, (_, i) => ({
  gate: 'g',
  day: dayOf(i),
  counts: { passed: 20 },
  duringIncident: 0,
}))
const episode = (at: number, more: Partial<Episode>): Episode => ({
  gate: 'g',
  at,
  day: dayOf(at),
  sanctioned: true,
  inPersonSignals: true,
  uses: 1,
  ...more,
})
const made = (count: number, more: (i: number) => Partial<Episode>) =>
  Array.from({ length: count }, (_, i) => episode((i * 5) % 60, more(i)))
const history = (episodes: Episode[]) => ({ gate: 'g', days, episodes, actors: [] })
const even = (size: number) => Array.from({ length: 24 }, (_, hour) => ({ gate: 'g', hour, n: size }))

describe('habitsOf', () => {
  it('names the hours of the day', () => {
    const nights = [...made(10, i => ({ hour: i % 5 })), ...made(3, i => ({ hour: 9 + i }))]
    expect(habitsOf([{ history: history(nights), hours: even(50) }])).toEqual([
      {
        gate: 'g',
        kind: 'hours',
        x: 10,
        n: 300,
        reason: '10 episodes fell at night, far more than its passages explain.',
      },
    ])
  })

  it('does not, when the passages are there too, in incidents, or when hours are not known', () => {
    const nights = made(10, i => ({ hour: i % 5 }))
    const busy = even(50).map(each => (each.hour < 6 ? { ...each, n: 1000 } : { ...each, n: 10 }))
    expect(habitsOf([{ history: history(nights), hours: busy }])).toEqual([])
    expect(habitsOf([{ history: history(nights) }])).toEqual([])
    const linked = made(10, i => ({ hour: i % 5, incident: `i${i}` }))
    expect(habitsOf([{ history: history(linked), hours: even(50) }])).toEqual([])
  })

  it('names the day before a freeze, and not the quiet of one', () => {
    const eves = new Set([4, 18, 32, 46].map(dayOf))
    const before = [...eves].flatMap((day, i) => [episode(i, { day }), episode(i, { day }), episode(i, { day })])
    expect(habitsOf([{ history: history([...before, ...made(3, () => ({}))]), freezeEves: eves }])).toMatchObject([
      { kind: 'before_freeze', x: 12, n: 80 },
    ])
    expect(
      habitsOf([
        { history: history(made(12, () => ({}))), freezeEves: new Set(days.slice(0, 55).map(({ day }) => day)) },
      ]),
    ).toEqual([])
  })
})

describe('teamSignals', () => {
  const teams = ['a', 'b', 'c'].map(team => ({ gate: 'g', team, n: 400 }))
  const cause = 'Its check is slow.'
  const asked = (episodes: Episode[]) => teamSignals([{ history: history(episodes), teams, cause }])
  const ofTeam = (count: number, team: string, people: number) =>
    made(count, i => ({ team, actor: `p_${team}${i % people}` }))

  it('names a team beside the gate’s cause', () => {
    const [signal] = asked([...ofTeam(12, 'a', 4), ...ofTeam(3, 'b', 3)])
    expect(signal).toMatchObject({ team: 'a', x: 12, n: 400, others: { x: 3, n: 800 }, cause })
    expect(signal?.reason).toBe('a went around it 12 times in 400 passages, the others 3 in 800. Its check is slow.')
  })

  it('does not name a person by their team', () => {
    expect(asked([...ofTeam(12, 'a', 1), ...ofTeam(3, 'b', 3)])).toEqual([])
    expect(asked([...ofTeam(12, 'a', 2), ...ofTeam(3, 'b', 3)])).toEqual([])
    const most = made(12, i => ({ team: 'a', actor: i < 8 ? 'p_1' : `p_${i}` }))
    expect(asked([...most, ...ofTeam(3, 'b', 3)])).toEqual([])
  })

  it('names none that only has the duty, or that differs by chance', () => {
    expect(asked(made(12, i => ({ team: 'a', actor: `p_${i % 4}`, onCall: true })))).toEqual([])
    expect(asked([...ofTeam(5, 'a', 4), ...ofTeam(4, 'b', 3), ...ofTeam(3, 'c', 3)])).toEqual([])
  })
})
