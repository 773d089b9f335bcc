import type { StatementKind } from '@breakglass/core/statement'
import { goLive } from '../commands/glass/go-live.ts'
import { takeEffect } from '../commands/program/take-effect.ts'
import { type Act, actIn, type Edge } from '../edge/edge.ts'
import type { NowLogged, OnLogged } from './outbox.ts'

type AfterLogged = (run: Act, logged: NowLogged) => Promise<void>

/** What a proof sets in motion, by kind, in the transaction that stores it. Everything else is only recorded. */
const afterLogged: Partial<Record<StatementKind, AfterLogged>> = {
  'glass.granted': (run, { subject, index }) => goLive(run, subject, index),
  'program.published': (run, { sid }) => takeEffect(run, sid),
}

export function onLoggedWith(edge: Pick<Edge, 'issuer' | 'nowMs' | 'randomBytes'>): OnLogged {
  const table: Partial<Record<string, AfterLogged>> = afterLogged
  return async (tx, logged) => {
    const run = actIn(edge, tx)
    for (const one of logged) await table[one.kind]?.(run, one)
  }
}
