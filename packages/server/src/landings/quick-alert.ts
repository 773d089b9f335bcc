import { addDays, formatLocalDate, localDateOf } from '@breakglass/core/calendar'
import { cusum, type CusumRule, knownOutcomes, type Share, type Thresholds } from '@breakglass/core/metrics'
import type { ResolvedGate } from '@breakglass/core/program'
import { ownersOf } from '../commands/points/gate-owners.ts'
import type { Act } from '../edge/edge.ts'
import { programInForce } from '../facts/program.ts'
import type { Rx } from '../store/store.ts'
import { endAlarm, notify, raiseAlarm } from '../tell/tell.ts'
import { thresholdsOf } from './thresholds.ts'

export const quickAlarm = 'bypasses_rising'
/** Where S begins anew: old days can neither hide nor make an alarm. */
const days = 90
/** A day on which it alarmed is news for so long, and stands for so long. */
const newsDays = 7
const standsDays = 30

/** docs/metrics.md "Between the monthly runs, and between gates": three times the low rate is to be noticed after four or five episodes. */
const ruleOf = ({ low }: Thresholds): CusumRule => ({ p0: low, p1: Math.min(3 * low, 0.5), h: 3.5 })

/**
 * Looks at one gate as soon as its days were counted: a label takes a month, and two of them to agree. Bypasses in incidents are
 * none of its business. A gate that is shown as high is known already.
 */
export async function lookQuickly(run: Act, name: string): Promise<void> {
  const program = (await programInForce(run.tx))?.published.program
  const gate = program?.gates[name]
  if (!program || !gate) return endAlarm(run, quickAlarm, name)
  const today = localDateOf(run.atMs, gate.timezone)
  const dates = Array.from({ length: days }, (_, at) => formatLocalDate(addDays(today, at + 1 - days)))
  const shares = await sharesOf(run.tx, name, dates)
  const { alarms } = cusum(shares, ruleOf(thresholdsOf(program)))
  const last = alarms.at(-1)
  if (last === undefined || last < days - standsDays) return endAlarm(run, quickAlarm, name)
  if (last < days - newsDays || (await isShownHigh(run.tx, name))) return
  await tell(run, gate, since(shares, last))
}

/** What the last alarm was made of: the episodes of the four weeks up to its day. */
function since(shares: readonly Share[], last: number): Share {
  const recent = shares.slice(Math.max(0, last - 27), last + 1)
  return { x: recent.reduce((sum, { x }) => sum + x, 0), n: recent.reduce((sum, { n }) => sum + n, 0) }
}

async function tell(run: Act, gate: ResolvedGate, { x, n }: Share): Promise<void> {
  const words = `${gate.name} is gone around more often than before: ${x} times in ${n} passages of four weeks, outside incidents. breakglass gate show ${gate.name} has them.`
  if (!(await raiseAlarm(run, { kind: quickAlarm, key: gate.name, words }))) return
  await notify(run, await ownersOf(run, [gate]), { words, subject: gate.name })
}

async function isShownHigh(rx: Rx, gate: string): Promise<boolean> {
  const row = await rx.db
    .selectFrom('label_run')
    .select('shown')
    .where('gate', '=', gate)
    .orderBy('month', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.shown === 'high'
}

/** Episodes and known passages of each date, outside incidents. */
async function sharesOf(rx: Rx, gate: string, dates: readonly string[]): Promise<Share[]> {
  const [first = ''] = dates
  const counted = await rx.db
    .selectFrom('gate_day')
    .selectAll()
    .where('gate', '=', gate)
    .where('day', '>=', first)
    .execute()
  const episodes = await rx.db
    .selectFrom('episode')
    .select('day')
    .where('gate', '=', gate)
    .where('day', '>=', first)
    .where('incident_id', 'is', null)
    .execute()
  const passages = Map.groupBy(counted, ({ day }) => day)
  const bypasses = Map.groupBy(episodes, ({ day }) => day)
  return dates.map(day => {
    const rows = passages.get(day) ?? []
    const all = rows.reduce((sum, row) => sum + knownOutcomes.reduce((of, outcome) => of + row[outcome], 0), 0)
    const during = rows.reduce((sum, row) => sum + row.during_incident, 0)
    return { x: bypasses.get(day)?.length ?? 0, n: Math.max(0, all - during) }
  })
}
