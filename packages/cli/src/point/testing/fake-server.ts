import { contract } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import {
  type Commit,
  decodeBase64url,
  encodeBase64,
  instantToMs,
  msToInstant,
  parseGrantedBody,
  parseStatement,
  thumbprint,
  verifyReport,
} from '@breakglass/verify'
import type { z } from 'zod'
import type { PointServer } from '../server.ts'
import type { MemoryLedger } from './ledger.ts'
import { type GrantWish, organization, type World } from './world.ts'

interface FakePoint {
  id: string
  key: Uint8Array
  kid: string
  token: string
  view: z.infer<(typeof contract)['registerPoint']['reply']>['point']
  seq: number
  prev?: string
}

interface FakeGrant {
  id: string
  carried: string
  at: string
  gate: string
  ref: string
  commit: Commit
  mode: 'online' | 'offline'
  uses: number
  expiresMs: number
  live: boolean
  keys: string[]
}

export interface TakenReport {
  kind: string
  seq: number
  body: Record<string, unknown>
}

type Query<Id extends keyof typeof contract> = z.output<NonNullable<(typeof contract)[Id]['query']>>
type Body<Id extends keyof typeof contract> = z.output<NonNullable<(typeof contract)[Id]['body']>>

/**
 * The server as a point sees it, in memory: every request and reply goes through the contract's schemas, every report is
 * verified and chained. Switches make it fail the way a real one does.
 */
export class FakeServer {
  readonly world: World
  readonly points: FakePoint[] = []
  readonly reporters = new Map<string, { gate: string; repository: string }>()
  readonly grants: FakeGrant[] = []
  readonly waivers: { gate: string; ref: string; carried: string }[] = []
  readonly receipts: { gate: string; commit: Commit; jws: string }[] = []
  readonly notes: { gate: string; words: string }[] = []
  readonly reports: TakenReport[] = []
  readonly results: Body<'reportResult'>[] = []
  readonly observations = new Map<string, Body<'sendObservations'>['observations'][number]>()
  readonly asked: string[] = []
  /** Nobody answers. */
  isDown = false
  /** Routes that do their work and then do not answer. */
  readonly mute = new Set<string>()
  /** Routes that are not reached. */
  readonly unreachable = new Set<string>()
  /** Called when a route has done its work and has not answered yet. */
  readonly beforeAnswer = new Map<string, () => Promise<void>>()
  hasProgram = true
  /** What the server passes on of a ledger; another one is another face of it. */
  shownLedger: MemoryLedger
  /** The ledger behind it gives no consistency proofs: it is down, or older than they are. */
  provesNothing = false
  /** A server from before there was such a route. */
  knowsConsistency = true
  /** What stands between changes each proof. */
  spoilProof = (proof: Uint8Array[]): Uint8Array[] => proof
  /** How far this server's clock is from the world's. */
  skewMs = 0
  mayPass: 'yes' | 'no' | 'needs_person' | 'unlogged' = 'yes'
  windowSeconds = 1800

  constructor(world: World) {
    this.world = world
    this.shownLedger = world.ledger
  }

  get now(): string {
    return msToInstant(this.world.nowMs + this.skewMs)
  }

  grant(wish: GrantWish = {}): FakeGrant {
    const { id, carried } = this.world.grant(wish)
    return this.listGrant(id, carried)
  }

  /** Whatever bytes: a server can say anything. */
  listGrant(id: string, carried: string): FakeGrant {
    const statement = parseStatement(carried.split('~')[1] ?? '')
    const body = statement.ok ? parseGrantedBody(statement.value.envelope.body) : undefined
    if (!body?.ok) throw new TypeError('expected a grant')
    const { at, gate, ref = '', change, mode, uses, expiresAt } = body.value.scope
    if (!('commit' in change)) throw new TypeError('expected a commit')
    const expiresMs = instantToMs(expiresAt)
    const grant = { id, carried, at, gate, ref, commit: change.commit, mode, uses, expiresMs, live: true, keys: [] }
    this.grants.push(grant)
    return grant
  }

  pass(gate: string, commit: Commit, result: 'pass' | 'fail' | 'could_not_run' = 'pass'): string {
    const jws = this.world.receipt({ gate, commit, result })
    this.receipts.push({ gate, commit, jws })
    return jws
  }

  /** Answers one call as the real one would; `token` is a point's or a reporter's. */
  async handle(id: string, token: string | undefined, body: unknown): Promise<unknown> {
    if (this.isDown || this.unreachable.has(id)) throw unavailable()
    this.asked.push(id)
    const route = contract[id as keyof typeof contract]
    const given = (route.body ?? route.query)?.parse(body)
    const reply = this.answer(id, token, given)
    await this.beforeAnswer.get(id)?.()
    if (this.mute.has(id)) throw unavailable()
    return route.reply.parse(reply)
  }

  /** As a point's own client. */
  asPoint(token: () => string): PointServer {
    const call = (id: string, body?: unknown) => this.handle(id, token(), body)
    return {
      // Each reply has just been parsed by the route's own schema.
      askEvidence: async body => (await call('askEvidence', body)) as never,
      spendGrants: async body => (await call('spendGrants', body)) as never,
      sendReports: async body => (await call('sendReports', body)) as never,
      passUnavailable: async body => (await call('passUnavailable', body)) as never,
      consistency: async query => (await call('consistency', query)) as never,
      sendObservations: async body => (await call('sendObservations', body)) as never,
      getBundle: async () => (await call('getBundle')) as never,
      getTrust: async () => (await call('getTrust')) as string,
      health: async () => (await call('health')) as never,
    }
  }

  private answer(id: string, token: string | undefined, body: unknown): unknown {
    // `body` was parsed by the schema of the route that the case names.
    switch (id) {
      case 'health':
        return this.health()
      case 'getTrust':
        return this.world.trustText
      case 'registerPoint':
        return this.register(body as Body<'registerPoint'>)
      case 'listPoints':
        return { points: this.points.map(({ view }) => view) }
      case 'getBundle':
        return this.bundle()
      case 'askEvidence':
        return this.evidence(this.pointOf(token), body as Body<'askEvidence'>)
      case 'spendGrants':
        return this.spend(this.pointOf(token), body as Body<'spendGrants'>)
      case 'sendReports':
        return this.take(this.pointOf(token), body as Body<'sendReports'>)
      case 'passUnavailable':
        return this.passUnavailable(this.pointOf(token), body as Body<'passUnavailable'>)
      case 'consistency':
        return this.consistency(body as Query<'consistency'>)
      case 'reportResult':
        return this.result(token, body as Body<'reportResult'>)
      case 'sendObservations':
        return this.observe(this.pointOf(token), body as Body<'sendObservations'>)
      default:
        throw new BreakglassError('not_found', `There is no route ${id}.`)
    }
  }

  private consistency({ from, to: asked }: Query<'consistency'>) {
    if (!this.knowsConsistency) throw new BreakglassError('not_found', 'There is no such address.')
    if (this.provesNothing) throw new BreakglassError('ledger_unavailable', 'The ledger does not answer.')
    const ledger = this.shownLedger
    const to = asked ?? ledger.size
    const checkpoint = asked === undefined ? { checkpoint: ledger.checkpoint() } : {}
    if (asked === undefined && to < from) return { from, to, proof: [], ...checkpoint }
    if (to > ledger.size) throw new BreakglassError('ledger_unavailable', 'The ledger has no such tree.')
    return { from, to, proof: this.spoilProof(ledger.consistency(from, to)).map(encodeBase64), ...checkpoint }
  }

  private health() {
    const ledger = {
      reachable: true,
      origin: 'ledger.acme.example/breakglass',
      size: this.world.ledger.size,
      pending: 0,
    }
    return { ok: true, version: '0.1.0', now: this.now, organization, store: 'sqlite', ledger, founded: true }
  }

  private register(body: Body<'registerPoint'>) {
    if (this.points.some(({ view }) => view.name === body.name)) throw new BreakglassError('already_exists', 'exists')
    const key = decodeBase64url(body.publicKey)
    if (key === undefined) throw new BreakglassError('bad_input', 'no key')
    const id = this.world.newId('point')
    const { id: repositoryId, name } = body.repository
    const { kind, enforcement } = body
    const view = {
      id,
      name: body.name,
      kind,
      enforcement,
      repository: { id: repositoryId, name },
      registeredAt: this.now,
    }
    const token = `pt-token-${id}`
    this.points.push({ id, key, kid: thumbprint(key), token, view, seq: 0 })
    return { point: view, token, organization }
  }

  private bundle() {
    if (!this.hasProgram) throw new BreakglassError('no_program', 'No program is in force yet.')
    return { index: this.world.bundleIndex, bundle: { v: 1, ...this.world.bundle } }
  }

  private evidence(point: FakePoint, { changes, bundleIndex }: Body<'askEvidence'>) {
    const isNewer = this.hasProgram && this.world.bundleIndex > bundleIndex
    return {
      now: this.now,
      ...(isNewer && { bundle: { v: 1, ...this.world.bundle } }),
      changes: changes.map(({ ref, change, gates }) => ({
        gates: gates.map(gate => ({
          gate,
          receipts: this.receipts
            .filter(receipt => receipt.gate === gate && 'commit' in change && receipt.commit === change.commit)
            .map(({ jws }) => jws),
          grants: this.grants
            .filter(grant => grant.live && grant.at === point.id && grant.gate === gate && grant.ref === ref)
            .map(({ id, mode, carried }) => ({ id, mode, carried })),
          waivers: this.waivers
            .filter(waiver => waiver.gate === gate && waiver.ref === ref)
            .map(({ carried }) => carried),
          notes: this.notes.filter(note => note.gate === gate).map(({ words }) => words),
        })),
      })),
    }
  }

  private spend(point: FakePoint, { spends }: Body<'spendGrants'>) {
    for (const { grant: id, useKey } of spends) {
      const grant = this.grants.find(one => one.id === id)
      if (!grant?.live) throw new BreakglassError('grant_not_live', `The grant ${id} is not live.`)
      if (grant.at !== point.id) throw new BreakglassError('wrong_point', `The grant ${id} is for another point.`)
      if (grant.expiresMs <= this.world.nowMs) throw new BreakglassError('grant_not_live', 'It has expired.')
      if (!grant.keys.includes(useKey) && grant.keys.length >= grant.uses) {
        throw new BreakglassError('grant_spent', `The grant ${id} has been used up.`)
      }
    }
    const spent = spends.map(({ grant: id, useKey }) => {
      const grant = this.grants.find(one => one.id === id)
      if (grant === undefined) throw new TypeError('expected a grant')
      const already = grant.keys.includes(useKey)
      if (!already) grant.keys.push(useKey)
      return { grant: id, already, used: grant.keys.length, uses: grant.uses }
    })
    return { now: this.now, spent }
  }

  private take(point: FakePoint, { reports }: Body<'sendReports'>) {
    for (const jws of reports) {
      const verdict = verifyReport(jws, { id: point.id, kid: point.kid, key: point.key }, organization)
      if (!verdict.ok) throw new BreakglassError('bad_evidence', JSON.stringify(verdict.faults))
      const { envelope, leaf } = verdict.value
      if (envelope.seq <= point.seq) continue
      if (envelope.seq !== point.seq + 1 || envelope.prev !== point.prev) {
        throw new BreakglassError('out_of_order', { message: 'out of order', data: { takenUpTo: point.seq } })
      }
      point.seq = envelope.seq
      point.prev = leaf
      this.reports.push({ kind: envelope.kind, seq: envelope.seq, body: envelope.body })
    }
    return { now: this.now, takenUpTo: point.seq }
  }

  private passUnavailable(point: FakePoint, { gate, ref, change }: Body<'passUnavailable'>) {
    if (this.mayPass === 'no') throw new BreakglassError('fail_open_not_allowed', 'The program does not let it pass.')
    if (this.mayPass === 'needs_person') throw new BreakglassError('fail_open_needs_person', 'A person must.')
    if (!('commit' in change)) throw new TypeError('expected a commit')
    const commit = change.commit as Commit
    const seconds = this.windowSeconds
    const asked = { commit, seconds, at: point.id, gate, ...(ref !== undefined && { ref }) }
    const { jws, proof } = this.world.window(asked, this.mayPass !== 'unlogged')
    return { statement: jws, proof, windowUntil: msToInstant(this.world.nowMs + seconds * 1000) }
  }

  private result(token: string | undefined, body: Body<'reportResult'>) {
    const reporter = this.reporters.get(token ?? '')
    if (reporter === undefined) throw new BreakglassError('not_signed_in', 'No valid token was given.')
    if (reporter.gate !== body.gate || reporter.repository !== body.repository) {
      throw new BreakglassError('not_allowed', 'This credential may not do that.')
    }
    this.results.push(body)
    const commit = body.commit as Commit
    const receipt = this.world.receipt({ gate: body.gate, commit, result: body.result, run: body.run })
    this.receipts.push({ gate: body.gate, commit, jws: receipt })
    const expiresAt = msToInstant(this.world.nowMs + 7 * 86_400_000)
    return { receipt, expiresAt, program: this.world.programDigest }
  }

  private observe(_point: FakePoint, { observations }: Body<'sendObservations'>) {
    const fresh = observations.filter(({ delivery }) => !this.observations.has(delivery))
    for (const one of fresh) this.observations.set(one.delivery, one)
    return { taken: fresh.length, already: observations.length - fresh.length }
  }

  private pointOf(token: string | undefined): FakePoint {
    const point = this.points.find(one => one.token === token)
    if (point === undefined) throw new BreakglassError('not_signed_in', 'No valid token was given.')
    return point
  }
}

function unavailable(): BreakglassError {
  return new BreakglassError('server_unavailable', 'The server could not be reached. Nothing was opened.')
}
