import type { contract } from '@breakglass/core/contract'
import { relativeTime, style, table } from '@breakglass/report'
import type { z } from 'zod'
import { findingColumns } from './finding.ts'
import { grantColumns, waitOf } from './grant.ts'
import { incidentColumns } from './incident.ts'

export type StatusView = z.output<(typeof contract.status)['reply']>

/** The state of things as lines; a section that has nothing to say is left out, what cannot be seen never is. */
export function statusLines(status: StatusView, nowMs: number, width: number | undefined): string[] {
  const wide = width === undefined ? {} : { width }
  const { open, waiting, incidents, findings } = status
  return [
    ...alarmLines(status, nowMs),
    ...section(
      `open glass (${open.length})`,
      open.length === 0 ? ['every gate is shut'] : table(grantColumns(nowMs), open, wide),
    ),
    ...section(
      'waiting for a second person',
      waiting.flatMap(grant => [`${grant.id}  ${grant.gate}  by ${grant.actor.name}`, `  ${waitOf(grant, nowMs)}`]),
    ),
    ...section('incidents', table(incidentColumns(nowMs), incidents, wide)),
    ...section('protection that is off', driftLines(status, nowMs)),
    ...section('open findings', table(findingColumns(nowMs), findings, wide)),
    ...section(
      'told to you',
      status.notices.map(({ at, words }) => `${relativeTime(at, nowMs)}  ${words}`),
    ),
    ...section('reviews', [reviewWords(status)]),
    ...section('program', [programWords(status)]),
    ...section('ledger', [ledgerWords(status)]),
    ...section('what cannot be seen', status.cannotSee),
  ]
}

function alarmLines({ alarms }: StatusView, nowMs: number): string[] {
  return alarms.flatMap(({ words, since }) => [`${style.red('ALARM')} ${words} (since ${relativeTime(since, nowMs)})`])
}

export function driftLines({ drift }: Pick<StatusView, 'drift'>, nowMs: number): string[] {
  return drift
    .filter(({ until }) => until === undefined)
    .map(({ point, repository, what, gates, since, owner, landingsWhileOff }) => {
      const which = gates === undefined ? '' : ` for ${gates.join(', ')}`
      const who = owner.map(({ name }) => name).join(', ') || 'nobody known'
      const landed = landingsWhileOff === 1 ? '1 landing' : `${landingsWhileOff} landings`
      return `${style.red(what.replace('_', ' '))}${which} at ${point.name} (${repository.name}), ${relativeTime(since, nowMs)}; ${landed} meanwhile; owner ${who}`
    })
}

function reviewWords({ reviews: { due, overdue } }: StatusView): string {
  const late = overdue === 0 ? 'none overdue' : style.red(`${overdue} OVERDUE`)
  return `${due} due, ${late}`
}

const programWords = ({ program }: StatusView) =>
  program === undefined
    ? style.red('NONE IN FORCE: every enforcement point without a program is closed')
    : `version ${program.version}, ${program.gates.length} gates`

function ledgerWords({ ledger }: StatusView): string {
  const { reachable, origin, size, pending, outOfBand } = ledger
  const reach = reachable ? `${size ?? 'unknown number of'} entries` : style.red('NOT REACHABLE: no gate can be opened')
  const waiting = pending === 0 ? '' : `; ${pending} statements wait to be logged`
  const where = outOfBand ? '' : '; on the same machine as the server: not out-of-band'
  return `${origin}: ${reach}${waiting}${where}`
}

const section = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : ['', style.bold(title), ...lines.map(line => `  ${line}`)]
