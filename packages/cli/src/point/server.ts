import type { contract } from '@breakglass/core/contract'
import type { z } from 'zod'

type RouteBody<Id extends keyof typeof contract> = z.input<NonNullable<(typeof contract)[Id]['body']>>
type RouteQuery<Id extends keyof typeof contract> = z.output<NonNullable<(typeof contract)[Id]['query']>>
type RouteReply<Id extends keyof typeof contract> = z.output<(typeof contract)[Id]['reply']>

/**
 * What a point asks of its server, each with a limit of time. A failure is thrown as `BreakglassError`; `server_unavailable`
 * when nobody answered. Nothing that comes back is believed before it is verified.
 */
export interface PointServer {
  askEvidence(body: RouteBody<'askEvidence'>, timeoutMs: number): Promise<RouteReply<'askEvidence'>>
  spendGrants(body: RouteBody<'spendGrants'>, timeoutMs: number): Promise<RouteReply<'spendGrants'>>
  sendReports(body: RouteBody<'sendReports'>, timeoutMs: number): Promise<RouteReply<'sendReports'>>
  passUnavailable(body: RouteBody<'passUnavailable'>, timeoutMs: number): Promise<RouteReply<'passUnavailable'>>
  consistency(query: RouteQuery<'consistency'>, timeoutMs: number): Promise<RouteReply<'consistency'>>
  sendObservations(body: RouteBody<'sendObservations'>, timeoutMs: number): Promise<RouteReply<'sendObservations'>>
  getBundle(timeoutMs: number): Promise<RouteReply<'getBundle'>>
  getTrust(timeoutMs: number): Promise<string>
  health(timeoutMs: number): Promise<RouteReply<'health'>>
}

export type EvidenceQuestion = RouteBody<'askEvidence'>
export type ConsistencyReply = RouteReply<'consistency'>
export type EvidenceReply = RouteReply<'askEvidence'>
export type Observation = RouteBody<'sendObservations'>['observations'][number]
export type SpendQuestion = RouteBody<'spendGrants'>['spends'][number]

/** How long a push waits for evidence before it goes on without the server. */
export const evidenceMsMax = 3_000
/** A spend must be answered: without an answer nothing opens, so it may take longer. */
export const spendMsMax = 10_000
/** Longer than the server waits for its ledger. */
export const logMsMax = 10_000
