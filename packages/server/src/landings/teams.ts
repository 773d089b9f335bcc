import { type GateTeam, type TeamSignal, teamSignals } from '@breakglass/core/metrics'
import { resolveMembers } from '@breakglass/core/decide'
import { requireProgram } from '../facts/program.ts'
import { rosterOf } from '../facts/roster.ts'
import type { Rx } from '../store/store.ts'
import type { ProgramNumbers } from './numbers.ts'

/**
 * Teams that go around a gate far more than the others, all gates asked together, each beside that gate's own cause. By the
 * teams of the program as they are now; who is in none or in several is in no team, and a gate whose pushes name too few
 * people has none.
 */
export async function teamsIn(
  rx: Rx,
  { gates }: ProgramNumbers,
  { atMs, causeOf }: { atMs: number; causeOf: (gate: string) => string | undefined },
): Promise<TeamSignal[]> {
  const team = await teamsByPerson(rx, atMs)
  if (team.size === 0) return []
  return teamSignals(
    gates.map(({ gate, shown, history }) => {
      const counts = new Map<string, number>()
      for (const { actor, n } of history.actors ?? []) {
        const of = team.get(actor)
        if (of !== undefined) counts.set(of, (counts.get(of) ?? 0) + n)
      }
      const teams = [...counts].map(([name, n]): GateTeam => ({ gate: gate.name, team: name, n }))
      const episodes = history.episodes.map(episode => {
        const of = episode.actor === undefined ? undefined : team.get(episode.actor)
        return of === undefined ? episode : { ...episode, team: of }
      })
      return { history: { ...history, episodes }, teams, cause: causeOf(gate.name) ?? shown.action }
    }),
  )
}

async function teamsByPerson(rx: Rx, atMs: number): Promise<Map<string, string>> {
  const inForce = await requireProgram(rx)
  const teams = Object.entries(inForce.published.program.teams)
  if (teams.length === 0) return new Map()
  const roster = await rosterOf(rx, inForce, atMs)
  const memberships = teams.flatMap(([team, { people }]) =>
    [...resolveMembers(people, roster).people.keys()].map(person => ({ person, team })),
  )
  const of = Map.groupBy(memberships, ({ person }) => person)
  return new Map(
    [...of].flatMap(([person, [only, ...more]]) => (only && more.length === 0 ? [[person, only.team]] : [])),
  )
}
