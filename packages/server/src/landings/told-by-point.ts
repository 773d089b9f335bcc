import type { ChangeValue } from '@breakglass/core/decide'
import type { Opened } from '@breakglass/core/landing'
import type { z } from 'zod'
import type { Act } from '../edge/edge.ts'
import type { PointRow } from '../facts/point.ts'
import type { pointAllowed, pointPassedUnavailable, pointResult, pointUsed } from '../commands/points/report-bodies.ts'
import { markMove, type Move, observe } from './observe.ts'

interface Told<Body> {
  leaf: string
  atMs: number
  body: Body
}

/** A hook let a push through. */
export function observeAllowed(run: Act, point: PointRow, told: Told<z.output<typeof pointAllowed>>): Promise<void> {
  const { ref, old = '', new: after, gates, pusher } = told.body
  const move = { ref, before: old, after }
  return observe(run, point, { id: told.leaf, source: 'hook', atMs: told.atMs, ...move, opened: gates, pusher })
}

/** A use of a push was let through as well and is told so; only what became of its grant is new. */
export async function observeUsed(run: Act, point: PointRow, told: Told<z.output<typeof pointUsed>>): Promise<void> {
  const { ref, old = '', new: after, change, gate, grant } = told.body
  if (ref !== undefined && after !== undefined) return markMove(run, point.repository_key, { ref, before: old, after })
  return observeRun(run, point, { ...told, change, opened: { gate, opens: 'grant', evidence: grant } })
}

export function observePassed(
  run: Act,
  point: PointRow,
  told: Told<z.output<typeof pointPassedUnavailable>>,
): Promise<void> {
  const { change, gate, statement } = told.body
  return observeRun(run, point, {
    ...told,
    change,
    opened: { gate, opens: 'pass_when_unavailable', evidence: statement },
  })
}

/** A run that failed let nothing through. */
export async function observeResult(
  run: Act,
  point: PointRow,
  told: Told<z.output<typeof pointResult>>,
): Promise<void> {
  const { change, gate, result } = told.body
  if (result === 'pass') await observeRun(run, point, { ...told, change, opened: { gate, opens: 'pass' } })
}

interface Ran {
  leaf: string
  atMs: number
  change: ChangeValue
  opened: Opened
}

async function observeRun(run: Act, point: PointRow, { leaf, atMs, change, opened }: Ran): Promise<void> {
  const move = moveOf(change)
  if (move) await observe(run, point, { id: leaf, source: 'ci', atMs, ...move, opened: [opened] })
}

/** A commit is landed by a push, wherever its checks ran. */
function moveOf(change: ChangeValue): Move | undefined {
  if ('deployment' in change) return { ref: `deployment:${change.deployment}`, before: '', after: change.artifact }
  if (!('operation' in change)) return undefined
  return { ref: `operation:${change.operation}`, before: '', after: change.operation }
}
