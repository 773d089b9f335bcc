import type { ForumInput } from '@breakglass/core/forum'
import { classifyChange } from '@breakglass/core/program'
import { msToInstant } from '@breakglass/verify'
import { type ProgramInForce, publishedOf, versionsInForce } from '../../facts/program.ts'
import { chunks } from '../../store/chunks.ts'
import type { Rx } from '../../store/store.ts'
import { repairEffects } from '../repairs/effects.ts'
import { dayOf, type Span } from './gather-records.ts'
import { dayMs } from './schedule.ts'

type Repair = Extract<ForumInput['repairs'], { measured: true }>['value'][number]

/** A repair that ended longer ago has been read in a forum, or never will be. */
const endedDays = 182

/** Repairs that are under way or ended in the last half year, with what those that are done have changed. */
export async function repairsOf(rx: Rx, { published }: ProgramInForce, { nowMs }: Span) {
  const since = nowMs - endedDays * dayMs
  const rows = await rx.db
    .selectFrom('repair')
    .selectAll()
    .where(eb => eb.or([eb('ended_at', 'is', null), eb('ended_at', '>=', since)]))
    .orderBy('opened_at')
    .orderBy('id')
    .execute()
  const effects = await repairEffects(rx, rows, { zone: published.program.timezone, nowMs })
  const value = rows.map((row): Repair => {
    const effect = effects.get(row.id)
    return {
      id: row.id,
      gate: row.gate,
      cause: row.cause.replaceAll('_', ' '),
      due: row.due_on,
      state: row.state,
      overdue: row.state === 'open' && row.due_on < dayOf(nowMs),
      ...(effect === undefined ? {} : { effect }),
    }
  })
  return {
    repairs: { measured: true as const, value },
    /** Those of a gate that were begun since an instant. */
    begunSince: (gate: string, sinceMs: number) => rows.filter(row => row.gate === gate && row.opened_at >= sinceMs),
  }
}

/** Waivers that hold now, with the age of the row of waivers they stand in. */
export async function waiversOf(rx: Rx, { nowMs }: Span): Promise<ForumInput['waivers']> {
  const rows = await rx.db
    .selectFrom('waiver')
    .selectAll()
    .where('state', '=', 'live')
    .where('expires_at', '>', nowMs)
    .orderBy('since_at')
    .orderBy('id')
    .execute()
  const repositories = new Map<string, Set<string>>()
  for (const part of chunks(rows.map(({ id }) => id))) {
    const query = rx.db
      .selectFrom('waiver_place')
      .select(['waiver_id', 'repository_key'])
      .where('waiver_id', 'in', part)
    for (const { waiver_id, repository_key } of await query.execute()) {
      repositories.set(waiver_id, (repositories.get(waiver_id) ?? new Set()).add(repository_key))
    }
  }
  return {
    measured: true,
    value: rows.map(({ id, gate, since_at, renewals, expires_at }) => ({
      id,
      gate,
      repositories: repositories.get(id)?.size ?? 0,
      ageDays: Math.max(0, Math.floor((nowMs - since_at) / dayMs)),
      renewals,
      until: msToInstant(expires_at ?? nowMs),
      live: true,
    })),
  }
}

/** Gates at which the program in force differs from the one that was in force at that instant. */
export async function changedGates(rx: Rx, sinceMs: number): Promise<ReadonlySet<string>> {
  const versions = await versionsInForce(rx)
  const [now] = versions
  const then = versions.find(({ effective_at }) => effective_at <= sinceMs)
  if (now === undefined || then === undefined || now === then) return new Set()
  const [before, after] = [(await publishedOf(rx, then)).program, (await publishedOf(rx, now)).program]
  const { changes } = classifyChange(before, after)
  const names = Object.keys({ ...before.gates, ...after.gates })
  return new Set(names.filter(name => changes.some(({ path }) => isAt(path, name))))
}

const isAt = (path: string, gate: string) => path === `gates.${gate}` || path.startsWith(`gates.${gate}.`)
