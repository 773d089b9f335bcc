import { BreakglassError } from '@breakglass/core/errors'
import { msToInstant } from '@breakglass/verify'
import type { Edge } from '../../edge/edge.ts'
import { gatesOwnedBy } from '../../facts/owned-gates.ts'
import type { KnownEpisode } from '../../landings/histories.ts'
import { gateNumbers, type ProgramNumbers } from '../../landings/numbers.ts'
import { type LabelMonth, runsOf } from '../../landings/run-labels.ts'
import type { Rx } from '../../store/store.ts'
import { namesOf } from '../../views/people.ts'
import type { ReplyOf } from '../points/body-of.ts'
import { hoursOf, weeksOf } from './gate-series.ts'
import { gateView } from './gate-view.ts'
import { derivedOf } from './import-days.ts'
import { type Asked, landingsOf } from './landing-views.ts'
import { whyHere } from './why-here.ts'

type Shown = ReplyOf<'showGateNumbers'>

/** What stands behind the numbers of one gate. Persons are named to its owners alone. Throws `no_program`, `not_found`. */
export function showGateNumbers(edge: Edge, caller: string, asked: Asked): Promise<Shown> {
  const atMs = edge.nowMs()
  return edge.store.read(async rx => {
    const all = await gateNumbers(rx, { atMs })
    const one = all.gates.find(({ gate }) => gate.name === asked.gate)
    if (!one) {
      const names = all.gates.map(({ gate }) => gate.name)
      const message = `There is no gate ${asked.gate} in the program in force. It has: ${names.join(', ')}.`
      throw new BreakglassError('not_found', { message, data: { gates: names } })
    }
    const isOwner = (await gatesOwnedBy(rx, caller, atMs)).has(asked.gate)
    const months = await runsOf(rx, asked.gate)
    return {
      at: msToInstant(atMs),
      numbers: gateView(one, all),
      weeks: weeksOf(one.history, all.labelled),
      hours: await hoursOf(rx, asked.gate, all.labelled),
      episodes: await episodeViews(rx, one.episodes, isOwner),
      ...(isOwner && { people: await peopleOf(rx, asked.gate, all) }),
      months: months.map(monthView),
      why: await whyHere(rx, asked.gate, { numbers: all, atMs }),
      ...(await landingsOf(rx, asked)),
      derived: await derivedOf(rx, asked.gate),
    }
  })
}

function monthView({ month, found, shown, fired, x, n, reason, ranMs }: LabelMonth): Shown['months'][number] {
  return { month, found, shown, fired, x, n, reason, ranAt: msToInstant(ranMs) }
}

async function episodeViews(rx: Rx, episodes: readonly KnownEpisode[], isOwner: boolean): Promise<Shown['episodes']> {
  const actors = [...new Set(episodes.flatMap(({ actor }) => actor ?? []))]
  const names = await namesOf(rx, isOwner ? actors : [])
  // Numbered as they come in this answer: it says who is the same, and not who it is.
  const somebody = (actor: string) => (isOwner ? names(actor) : { pseudonym: `person-${actors.indexOf(actor) + 1}` })
  return episodes.map(({ id, at, day, sanctioned, uses, incident, actor }) => ({
    id,
    at: msToInstant(at),
    day,
    sanctioned,
    uses,
    ...(incident !== undefined && { incident }),
    ...(actor !== undefined && { actor: somebody(actor) }),
  }))
}

async function peopleOf(rx: Rx, gate: string, { forOwners }: ProgramNumbers): Promise<NonNullable<Shown['people']>> {
  const own = forOwners.filter(signal => signal.gate === gate)
  const names = await namesOf(
    rx,
    own.map(({ actor }) => actor),
  )
  return own.map(({ actor, x, n }) => ({ person: names(actor), x, n }))
}
