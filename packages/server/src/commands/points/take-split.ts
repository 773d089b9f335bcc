import { encodeHex, openCheckpoint, type TrustPolicy } from '@breakglass/verify'
import type { z } from 'zod'
import type { Act } from '../../edge/edge.ts'
import type { PointRow } from '../../facts/point.ts'
import { endAlarm, notify, raiseAlarm } from '../../tell/tell.ts'
import { currentTrust } from '../../trust/publish-trust.ts'
import { gatesOfRepository, ownersOf } from './gate-owners.ts'
import type { pointLedgerSplit } from './report-bodies.ts'

export const splitAlarmKind = 'ledger_split'

type Split = z.output<typeof pointLedgerSplit>

/**
 * A point was shown two faces of the ledger, and keeps its gates closed (docs/formats/point-journal.md "Two faces"). The event is
 * kept word for word, with both notes; whether they prove it to anybody is found out here, and said.
 */
export async function takeSplit(run: Act, point: PointRow, { body }: { body: Split }): Promise<void> {
  const key = `${point.id} ${body.found.root}`
  if (body.how === 'joined') return endAlarm(run, splitAlarmKind, key)
  const { policy } = await currentTrust(run.tx)
  const words = wordsOf(point, body, policy)
  if (!(await raiseAlarm(run, { kind: splitAlarmKind, key, words }))) return
  const owners = await ownersOf(run, await gatesOfRepository(run, point.repository_key))
  await notify(run, owners, { words, subject: point.id })
}

/** A person has looked, and ended the point whose gates it kept closed. */
export async function endSplitAlarms(run: Act, point: string): Promise<void> {
  const open = await run.tx.db
    .selectFrom('alarm')
    .select('key')
    .where('kind', '=', splitAlarmKind)
    .where('ended_at', 'is', null)
    .execute()
  for (const { key } of open) if (key.startsWith(`${point} `)) await endAlarm(run, splitAlarmKind, key)
}

function wordsOf({ name, id }: PointRow, split: Split, policy: TrustPolicy): string {
  const { how, origin, held, found } = split
  const end = `Its gates stay closed. Run breakglass hook doctor there (${id}), and ask who runs the ledger.`
  if (how === 'no_proof') {
    return `${name} was shown no true proof that the ledger's tree of ${found.size} and the one of ${held.size} it knew are of one history. ${end}`
  }
  const isProved = isSigned(held, origin, policy) && isSigned(found, origin, policy) && held.root !== found.root
  const proof = isProved ? 'Both are signed by the ledger: this proves it to anybody.' : 'It did not send both notes.'
  return `${name} was shown two different trees of the ledger of the size ${found.size}. ${proof} ${end}`
}

function isSigned({ note = '', root, size }: Split['held'], origin: string, policy: TrustPolicy): boolean {
  const opened = openCheckpoint(note, policy)
  if (!opened.ok) return false
  const { value } = opened
  return value.origin === origin && value.size === size && encodeHex(value.root) === root
}
