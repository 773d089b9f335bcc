import { gatesInForce } from '@breakglass/core/decide'
import { type Landed, outcomeOf } from '@breakglass/core/landing'
import type { Outcome } from '@breakglass/core/metrics'
import type { ResolvedGate } from '@breakglass/core/program'
import { repositoryIdOf } from '../facts/repositories.ts'
import type { Rx } from '../store/store.ts'
import { disclosedGates } from '../commands/disclosures/disclosed.ts'
import { driftAt, type DriftRow, isOffAt } from '../commands/points/drift.ts'
import { grantOf, liveGrantAt, type UsedGrant } from './grants.ts'
import type { Deriving } from './deriving.ts'
import { type NewPassage, setPassages } from './set-passages.ts'
import type { LandingRow } from './write-landing.ts'

/** What became of a landing at each gate that was in force then (docs/landings.md "Passages"). */
export async function judgePassages(deriving: Deriving, row: LandingRow, landed: Landed): Promise<void> {
  const disclosed = await disclosedGates(deriving.tx, landedOf(row))
  const off = await offAt(deriving.tx, landed.points, row.at)
  const pusher = landed.pusher === undefined ? undefined : (await deriving.pushers()).get(landed.pusher)
  const passages: NewPassage[] = []
  for (const gate of await gatesOf(deriving, row, landed)) {
    const isOff = off.some(one => isOffAt(one, gate.name))
    // What the forge did not require landed while off, also where everything was green.
    const isUnrequired = off.some(one => one.what === 'rule_off' && isOffAt(one, gate.name))
    const isAround =
      isUnrequired || (landed.unallowed && (landed.around === undefined || landed.around.includes(gate.name)))
    const opened = landed.opened.find(each => each.gate === gate.name)
    const used =
      opened?.opens === 'grant'
        ? await grantOf(deriving.tx, { row, gate: gate.name, evidence: opened.evidence })
        : noGrant
    const outcome = outcomeOf({
      disclosed: disclosed.has(gate.name),
      inferred: false,
      unallowed: isAround,
      off: isOff,
      liveGrant: isAround ? await liveGrantAt(deriving.tx, row, gate.name) : 'none',
      opened: opened?.opens,
      grant: used.is,
    })
    passages.push({ gate, outcome, ...whoseOf(outcome, { used, pusher }) })
  }
  await setPassages(deriving, row, passages)
}

/** A landing that nobody told of passed each gate in force, and what became of it there is not known. */
export async function judgeUnseen(deriving: Deriving, row: LandingRow): Promise<void> {
  const gates = await inForce(deriving, row)
  const disclosed = await disclosedGates(deriving.tx, landedOf(row))
  await setPassages(
    deriving,
    row,
    gates.map(gate => ({ gate, outcome: disclosed.has(gate.name) ? 'disclosed' : 'unknown' })),
  )
}

const landedOf = ({ repository_key, ref, after }: LandingRow) => ({ repositoryKey: repository_key, ref, commit: after })

const noGrant: UsedGrant = { is: 'none' }

/** Where a grant opened the gate it names the actor, who may have let somebody push; what was told of is in nobody's pattern. */
function whoseOf(
  outcome: Outcome,
  { used, pusher }: { used: UsedGrant; pusher: string | undefined },
): Pick<NewPassage, 'actor' | 'grant' | 'incident'> {
  if (outcome === 'disclosed') return {}
  const actor = pusher === undefined ? {} : { actor: pusher }
  return outcome === 'opened_by_grant' || outcome === 'late_use' ? { ...actor, ...used.of } : actor
}

async function gatesOf(deriving: Deriving, row: LandingRow, { opened }: Landed): Promise<ResolvedGate[]> {
  if (row.ref.startsWith('refs/')) return inForce(deriving, row)
  const gates = (await deriving.programAt(row.at))?.program.gates ?? {}
  return opened.flatMap(({ gate }) => (Object.hasOwn(gates, gate) ? (gates[gate] ?? []) : []))
}

async function inForce({ repository, programAt }: Deriving, { ref, at }: LandingRow): Promise<ResolvedGate[]> {
  const program = await programAt(at)
  if (!program) return []
  return gatesInForce(program.program, { repository: repositoryIdOf(repository), ref, boundary: 'merge' })
}

async function offAt(rx: Rx, points: readonly string[], atMs: number): Promise<DriftRow[]> {
  const all = await Promise.all(points.map(point => driftAt(rx, point, atMs)))
  return all.flat()
}
