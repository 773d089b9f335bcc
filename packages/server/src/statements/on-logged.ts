import { invariant } from '@breakglass/core/errors'
import type { StatementKind } from '@breakglass/core/statement'
import { parseTrustPolicy, type TrustPolicy } from '@breakglass/verify'
import { goLive } from '../commands/glass/go-live.ts'
import { takeEffect } from '../commands/program/take-effect.ts'
import { type Act, actIn, type Edge } from '../edge/edge.ts'
import type { NowLogged, OnLogged } from './outbox.ts'

type AfterLogged = (run: Act, logged: NowLogged, policy: TrustPolicy) => Promise<void>

/** What a proof sets in motion, by kind, in the transaction that stores it. Everything else is only recorded. */
const afterLogged: Partial<Record<StatementKind, AfterLogged>> = {
  'glass.granted': (run, { subject, index }, policy) => goLive(run, subject, { index, policy }),
  'program.published': (run, { sid }) => takeEffect(run, sid),
}

export function onLoggedWith(edge: Pick<Edge, 'issuer' | 'log' | 'nowMs' | 'randomBytes'>): OnLogged {
  const policy = parseTrustPolicy(edge.log.policyText)
  invariant(policy.ok, 'the trust policy of the log was read before')
  const table: Partial<Record<string, AfterLogged>> = afterLogged
  return async (tx, logged) => {
    const run = actIn(edge, tx)
    for (const one of logged) await table[one.kind]?.(run, one, policy.value)
  }
}
