import { contract } from '@breakglass/core/contract'
import { createClient } from '../client/client.ts'
import type { Context } from '../framework/context.ts'
import type { PointHome } from './home.ts'
import type { PointServer } from './server.ts'

/** The point's server over HTTP, under the point's own credential. */
export function serverOfHome(context: Pick<Context, 'fetch' | 'now'>, home: PointHome): PointServer {
  const { fetch, now } = context
  const client = (timeoutMs: number) =>
    createClient({ server: home.config.server, token: home.token, fetch, now, timeoutMs })
  return {
    askEvidence: (body, timeoutMs) => client(timeoutMs).call(contract.askEvidence, { body }),
    spendGrants: (body, timeoutMs) => client(timeoutMs).call(contract.spendGrants, { body }),
    sendReports: (body, timeoutMs) => client(timeoutMs).call(contract.sendReports, { body }),
    passUnavailable: (body, timeoutMs) => client(timeoutMs).call(contract.passUnavailable, { body }),
    consistency: (query, timeoutMs) => client(timeoutMs).call(contract.consistency, { query }),
    sendObservations: (body, timeoutMs) => client(timeoutMs).call(contract.sendObservations, { body }),
    getBundle: timeoutMs => client(timeoutMs).call(contract.getBundle, {}),
    getTrust: timeoutMs => client(timeoutMs).call(contract.getTrust, {}),
    health: timeoutMs => client(timeoutMs).call(contract.health, {}),
  }
}
