import { accountOf, pusherOf } from '@breakglass/core/account'
import { formatId } from '@breakglass/core/ids'
import { msToInstant } from '@breakglass/verify'
import type { BodyOf } from '../../commands/points/body-of.ts'
import { sendObservations } from '../../commands/points/send-observations.ts'
import { sendReports } from '../../commands/points/send-reports.ts'
import { commitOf, main, repository, type TestPoint, type World } from '../../commands/points/testing/world.ts'
import { repositoryKey } from '../../facts/repositories.ts'
import { rollJob } from '../dirty-cells.ts'
import { landingJobs } from '../landing-jobs.ts'
import { deriveJob } from '../observe.ts'

export type Observation = BodyOf<'sendObservations'>['observations'][number]
type Opens = 'pass' | 'grant' | 'waiver' | 'pass_when_unavailable'

/** What opened each of the four gates of the test program, unless a test says otherwise. */
export const allPassed: Record<string, Opens> = {
  'pay/lint': 'pass',
  'pay/slow': 'pass',
  'pay/smoke': 'pass',
  'pay/tests': 'pass',
}

let drawn = 0

function nextDelivery(): string {
  drawn += 1
  const bytes = Uint8Array.from({ length: 16 }, (_, at) => (at > 13 ? (at === 15 ? drawn % 256 : drawn >> 8) : 7))
  return formatId('event', bytes)
}

export interface Pushed {
  move: string
  atMs: number
  gates?: Record<string, Opens>
  /** By gate: the `sid` of what opened it. */
  evidence?: Record<string, string>
  part?: number
  parts?: number
  /** The account of whoever pushed, as the program writes it. */
  by?: string
}

/** Tells the server of moves as a hook and a watcher would: `1>2` is one from commit 111… to commit 222…. */
export function telling(world: World, point: TestPoint = world.point) {
  const commitsOf = (move: string) => {
    const [old = '', tip = ''] = move.split('>')
    return { ...(old && { old: commitOf(old) }), ...(tip && { new: commitOf(tip) }) }
  }
  return {
    /** The event of a push that was let through; sent by `report`. */
    allowed({ move, atMs, gates = allPassed, evidence = {}, part, parts, by }: Pushed): string {
      const opened = Object.entries(gates).map(([gate, opens]) => ({
        ...(evidence[gate] !== undefined && { evidence: evidence[gate] }),
        gate,
        opens,
      }))
      const parted = part === undefined || parts === undefined ? {} : { part, parts }
      const { old, new: tip = '' } = commitsOf(move)
      const body = {
        gates: opened,
        mode: 'online',
        new: tip,
        ...(old !== undefined && { old }),
        ...parted,
        program: `sha256:${'0'.repeat(64)}`,
        ...(by !== undefined && { pusher: pusherOf(world.edge.issuer.organization, accountOf(by)) }),
        ref: main,
      }
      return point.event('point.allowed', body, { atMs })
    },
    advance(move: string, atMs: number, given: { allowed?: boolean } = {}): Observation {
      return {
        kind: 'advance',
        delivery: nextDelivery(),
        at: msToInstant(atMs),
        ref: main,
        allowed: false,
        ...commitsOf(move),
        ...given,
      }
    },
    undone(move: string, by: string, atMs: number): Observation {
      const { old, new: tip = '' } = commitsOf(move)
      const observation = { kind: 'undone', delivery: nextDelivery(), at: msToInstant(atMs), ref: main } as const
      return { ...observation, ...(old !== undefined && { old }), new: tip, by: commitOf(by) }
    },
    report: (...reports: string[]) => sendReports(world.edge, point.id, { reports }),
    see: (...observations: Observation[]) => sendObservations(world.edge, point.id, { observations }),
    push: async (pushed: Pushed) => {
      await sendReports(world.edge, point.id, { reports: [telling(world, point).allowed(pushed)] })
    },
  }
}

/** Does what the jobs would: landings, then the days that they dirtied. */
export async function settle({ edge, job }: World): Promise<void> {
  const handlers = landingJobs(edge)
  const marked = () => edge.store.read(rx => rx.db.selectFrom('move_dirty').select('ref').execute())
  const dirty = () => edge.store.read(rx => rx.db.selectFrom('cell_dirty').select('gate').distinct().execute())
  while ((await marked()).length > 0) await job(handlers, deriveJob, repositoryKey(repository))
  for (let cells = await dirty(); cells.length > 0; cells = await dirty()) {
    for (const { gate } of cells) await job(handlers, rollJob, gate)
  }
}

/** Forgets all that can be computed, and computes it again of what was told. */
export async function recompute(world: World): Promise<void> {
  await world.edge.store.transact(async tx => {
    for (const table of [
      'passage',
      'landing',
      'gate_day',
      'gate_month',
      'gate_hour',
      'gate_actor_month',
      'episode',
    ] as const) {
      await tx.db.deleteFrom(table).execute()
    }
    await tx.db
      .insertInto('move_dirty')
      .columns(['repository_key', 'ref', 'before', 'after'])
      .expression(eb => eb.selectFrom('observation').select(['repository_key', 'ref', 'before', 'after']).distinct())
      .execute()
  })
  await settle(world)
}

/** Everything computed, as text, to compare. */
export function computed({ edge }: World): Promise<string> {
  return edge.store.read(async rx => {
    const passages = await rx.db.selectFrom('passage').selectAll().orderBy('landing_id').orderBy('gate').execute()
    const landings = await rx.db.selectFrom('landing').selectAll().orderBy('id').execute()
    const days = await rx.db.selectFrom('gate_day').selectAll().orderBy('gate').orderBy('day').execute()
    const months = await rx.db.selectFrom('gate_month').selectAll().orderBy('gate').orderBy('month').execute()
    const hours = await rx.db
      .selectFrom('gate_hour')
      .selectAll()
      .orderBy('gate')
      .orderBy('month')
      .orderBy('weekday')
      .orderBy('hour')
      .execute()
    const actors = await rx.db
      .selectFrom('gate_actor_month')
      .selectAll()
      .orderBy('gate')
      .orderBy('month')
      .orderBy('actor')
      .execute()
    const episodes = await rx.db.selectFrom('episode').selectAll().orderBy('id').execute()
    // When the last of it was told is not computed from what was told.
    const stripped = landings.map(row => ({ ...row, received_at: 0 }))
    return JSON.stringify({ passages, landings: stripped, days, months, hours, actors, episodes }, null, 1)
  })
}
