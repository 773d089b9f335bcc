import { msToInstant } from '@breakglass/verify'
import type { Edge } from '../../edge/edge.ts'
import type { EngineName } from '../../store/engine.ts'
import { metaKeys, readMeta } from '../../store/meta.ts'
import { type LedgerHealth, ledgerHealth } from './ledger-health.ts'

export interface Health {
  /** Glass can be broken: the store answers (else this throws), the ledger answers, the organisation is founded. */
  ok: boolean
  version: string
  now: string
  organization: string
  store: EngineName
  ledger: LedgerHealth
  founded: boolean
}

/** Throws `store_unavailable`. */
export async function health(edge: Edge): Promise<Health> {
  const ledger = await ledgerHealth(edge)
  const organization = await edge.store.read(rx => readMeta(rx, metaKeys.organization))
  const founded = organization !== undefined
  return {
    ok: ledger.reachable && founded,
    version: edge.version,
    now: msToInstant(edge.nowMs()),
    organization: edge.issuer.organization,
    store: edge.store.engine,
    ledger,
    founded,
  }
}
