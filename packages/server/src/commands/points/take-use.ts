import { clockSkewMs, instantToMs } from '@breakglass/verify'
import type { z } from 'zod'
import type { Act } from '../../edge/edge.ts'
import { changeKey } from '../../facts/change.ts'
import type { PointRow } from '../../facts/point.ts'
import { programInForce, publishedByDigest } from '../../facts/program.ts'
import { raiseAlarm } from '../../tell/tell.ts'
import { detectFinding, type NewFinding } from '../findings/detect-finding.ts'
import type { GrantRow } from '../glass/grant-row.ts'
import { recordUse } from '../glass/use-grant.ts'
import type { pointUsed } from './report-bodies.ts'

type Used = z.output<typeof pointUsed>

/** A point counts an offline use in its own journal, so the grant may be over by the time it tells. */
const countedIn = ['live', 'expired', 'revoked', 'exhausted'] as const satisfies readonly GrantRow['state'][]

/**
 * A use that a point tells of: counted once, whether the server spent it or the point's journal did. What no grant here
 * accounts for, and what came after its grant was over, is a finding with a review of its own.
 */
export async function takeUse(run: Act, point: PointRow, { body, atMs }: { body: Used; atMs: number }): Promise<void> {
  const row = await run.tx.db.selectFrom('glass').selectAll().where('id', '=', body.grant).executeTakeFirst()
  // When it was is the point's claim; that it was within the grant's life so far is not.
  const claimedMs = body.landedAt === undefined ? atMs : Math.min(atMs, instantToMs(body.landedAt))
  const usedAtMs = Math.max(row?.granted_at ?? 0, Math.min(claimedMs, run.atMs))
  const use = { body, usedAtMs }
  if (!row || !isFor(row, point, body)) return findUse(run, point, { ...use, kind: 'unreported_use', row })
  const expiresMs = row.expires_at ?? usedAtMs
  const recorded = await recordUse(
    run,
    row,
    {
      useKey: body.useKey,
      at: point.id,
      usedAtMs,
      ref: body.ref,
      old: body.old,
      new: body.new,
      run: body.run,
      kept: body.kept,
      reportedLate: row.state !== 'live' || run.atMs >= expiresMs,
    },
    countedIn,
  )
  if (recorded?.already === true) return
  // Revoking reaches an online grant at once; what kept a check green after that let it through late.
  const endMs = row.mode === 'online' ? Math.min(expiresMs, row.revoked_at ?? expiresMs) : expiresMs
  const isOverByThen = usedAtMs >= endMs + clockSkewMs
  if (recorded && !isOverByThen) return
  const kind = recorded || row.state === 'shut' ? 'late_use' : 'unreported_use'
  await findUse(run, point, { ...use, kind, row })
}

/** The point verified the scope before it opened; a report that says otherwise is not about this grant. */
function isFor(row: GrantRow, point: PointRow, { gate, change }: Used): boolean {
  return row.at_point === point.id && row.gate === gate && row.change_key === changeKey(change)
}

interface FoundUse {
  kind: NewFinding['kind']
  body: Used
  usedAtMs: number
  row: GrantRow | undefined
}

/** Where a run in CI names no ref there is none to say. */
const noRef = 'refs/none'

async function findUse(run: Act, point: PointRow, { kind, body, usedAtMs, row }: FoundUse): Promise<void> {
  const program = await programFor(run, row, body.gate)
  const gate = program?.program.gates[body.gate]
  if (!program || !gate) {
    const words = `${point.name} reports a use of ${body.grant} at ${body.gate}, a gate that no program here has. Look at that enforcement point.`
    await raiseAlarm(run, { kind: 'unexplained_use', key: `${point.id} ${body.grant} ${body.useKey}`, words })
    return
  }
  await detectFinding(run, {
    kind,
    confidence: 'certain',
    point,
    ref: body.ref ?? row?.ref ?? noRef,
    old: body.old,
    new: body.new ?? ('commit' in body.change ? body.change.commit : undefined),
    gates: [gate],
    program,
    happenedMs: usedAtMs,
    whileOff: false,
    grant: row ?? body.grant,
  })
}

/** The program the grant was decided under, if it has the gate; else the one in force. */
async function programFor({ tx }: Act, row: GrantRow | undefined, gate: string) {
  const inForce = (await programInForce(tx))?.published
  const candidates = [row && (await publishedByDigest(tx, row.program_digest)), inForce]
  return candidates.find(program => program !== undefined && Object.hasOwn(program.program.gates, gate))
}
