import { type Edge } from '../../edge/edge.ts'
import { bundleInForce } from '../../facts/bundle.ts'
import { changeKey } from '../../facts/change.ts'
import type { PointRow } from '../../facts/point.ts'
import type { Rx } from '../../store/store.ts'
import { chunks } from '../../store/chunks.ts'
import { msToInstant } from '@breakglass/verify'
import { type CarriedWaiver, waiversHeld } from '../waivers/read-waivers.ts'
import type { BodyOf, ReplyOf } from './body-of.ts'
import { noteContact } from './contact.ts'
import { type GrantBeside, grantsBeside, grantsFor, notesOn } from './evidence-of-grants.ts'
import { pointById } from './point-row.ts'

type Asked = BodyOf<'askEvidence'>['changes'][number]
type Answered = ReplyOf<'askEvidence'>['changes'][number]

/** What the server holds that may open these gates. It opens nothing: the point verifies every byte itself. */
export async function askEvidence(
  edge: Edge,
  caller: string,
  { changes, bundleIndex }: BodyOf<'askEvidence'>,
): Promise<ReplyOf<'askEvidence'>> {
  const nowMs = edge.nowMs()
  const { point, reply } = await edge.store.read(async rx => {
    const point = await pointById(rx, caller)
    const newer = await bundleInForce(rx, bundleIndex)
    const held = await heldFor(rx, point, changes, nowMs)
    const reply = {
      now: msToInstant(nowMs),
      ...(newer && { bundle: newer.bundle }),
      changes: changes.map(asked => answerFor(asked, held)),
    }
    return { point, reply }
  })
  await noteContact(edge, point)
  return reply
}

interface Held {
  point: PointRow
  nowMs: number
  /** By change and gate. */
  receipts: Map<string, string>
  grants: GrantBeside[]
  waivers: CarriedWaiver[]
}

async function heldFor(rx: Rx, point: PointRow, changes: readonly Asked[], nowMs: number): Promise<Held> {
  const keys = [...new Set(changes.map(({ change }) => changeKey(change)))]
  const receipts = await receiptsOf(rx, point.repository_key, keys)
  const gates = [...new Set(changes.flatMap(asked => asked.gates))]
  const grants = await grantsBeside(rx, point, { keys, gates, nowMs })
  const waivers = await waiversHeld(rx, { repositoryKey: point.repository_key, nowMs })
  return { point, nowMs, receipts, grants, waivers }
}

function answerFor({ ref, change, gates }: Asked, held: Held): Answered {
  const key = changeKey(change)
  return {
    gates: gates.map(gate => {
      const receipt = held.receipts.get(`${gate} ${key}`)
      const place = { gate, changeKey: key, ref, point: held.point.id, nowMs: held.nowMs }
      return {
        gate,
        receipts: receipt === undefined ? [] : [receipt],
        grants: grantsFor(held.grants, place),
        waivers: held.waivers.flatMap(waiver => (waiver.gate === gate && waiver.ref === ref ? [waiver.carried] : [])),
        notes: notesOn(held.grants, place),
      }
    }),
  }
}

/** The newest of each gate and change, also one that has run out: it still hides an older pass. */
async function receiptsOf(rx: Rx, repositoryKey: string, keys: readonly string[]): Promise<Map<string, string>> {
  const receipts = new Map<string, string>()
  for (const part of chunks(keys)) {
    const rows = await rx.db
      .selectFrom('result')
      .select(['gate', 'change_key', 'receipt_jws'])
      .where('repository_key', '=', repositoryKey)
      .where('change_key', 'in', part)
      .orderBy('at')
      .execute()
    for (const row of rows) receipts.set(`${row.gate} ${row.change_key}`, row.receipt_jws)
  }
  return receipts
}
