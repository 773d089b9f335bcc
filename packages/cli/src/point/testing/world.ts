import { formatId, type IdKind } from '@breakglass/core/ids'
import {
  canonicalJson,
  type Commit,
  commitmentOf,
  type Cosigner,
  digestOf,
  type Digest,
  encodeUtf8,
  type Envelope,
  formatCarried,
  formatStatement,
  formatTrust,
  type GrantedBody,
  type Json,
  type JsonObject,
  leafHash,
  type Logged,
  msToInstant,
  parseTrust,
  type ProgramBundle,
  type ProgramPublishedBody,
  type ReceiptBody,
  type RepositoryId,
  type Scope,
  signerFromSeed,
  type StatementType,
  type Trust,
  type WaiverGrantedBody,
} from '@breakglass/verify'
import type { ResolvedGate, ResolvedProgram } from '../program.ts'
import { MemoryLedger, origin } from './ledger.ts'

/** A small organisation for tests: one repository, three gates, everything really signed and really logged. */
export const repository: RepositoryId = { forge: 'git', host: 'git.acme.example', id: idNumbered('repository', 1) }
export const repositoryName = 'acme/payments'
export const organization = idNumbered('organization', 1)
export const gates = {
  tests: 'payments/integration-tests',
  smoke: 'payments/smoke',
  style: 'payments/style',
} as const
export const startMs = Date.parse('2026-11-23T03:00:00.000Z')

export function idNumbered(kind: IdKind, n: number): string {
  const bytes = new Uint8Array(16)
  new DataView(bytes.buffer).setUint32(12, n)
  return formatId(kind, bytes)
}

export interface GrantWish {
  gate?: string
  commit?: Commit
  at?: string
  ref?: string
  mode?: 'online' | 'offline'
  uses?: number
  ttlSeconds?: number
  grantedMs?: number
  secondPerson?: GrantedBody['secondPerson']
  program?: Digest
  repository?: RepositoryId
}

export interface ReceiptWish {
  gate: string
  commit: Commit
  result?: ReceiptBody['result']
  atMs?: number
  repository?: RepositoryId
  seconds?: number
  run?: string
}

export class World {
  readonly ledger = new MemoryLedger()
  readonly issuer = signerFromSeed(new Uint8Array(32).fill(1))
  readonly stranger = signerFromSeed(new Uint8Array(32).fill(3))
  readonly trustText: string
  readonly trust: Trust
  bundle: ProgramBundle
  program: ResolvedProgram
  bundleIndex = 0
  nowMs: number
  #versions = 0
  #previous: { program: Digest; leaf: Digest } | undefined
  #ids = 100

  constructor(nowMs = startMs, options: { witnesses?: readonly Cosigner[] } = {}) {
    this.nowMs = nowMs
    if (options.witnesses !== undefined) this.witness(options.witnesses)
    this.trustText = formatTrust({
      organization,
      policy: { logs: [], witnesses: [], groups: [], quorum: 'none' } as unknown as Trust['policy'],
      policyText: this.ledger.policyText,
      issuers: [{ kid: this.issuer.kid, key: this.issuer.publicKey, kinds: ['*'], ranges: [{ origin, fromIndex: 0 }] }],
      points: [],
    })
    const trust = parseTrust(this.trustText)
    if (!trust.ok) throw new TypeError(JSON.stringify(trust.faults))
    this.trust = trust.value
    this.ledger.append(this.statement({ kind: 'organization.founded', subject: organization, body: {} }))
    this.program = programOf()
    this.bundle = this.publish(this.program)
  }

  /** Two of these must have cosigned; all of them do from now on, as of the world's time. */
  witness(cosigners: readonly Cosigner[]): void {
    const names = cosigners.map((_, at) => `w${at + 1}`)
    const lines = cosigners.map(({ vkey }, at) => `witness ${names[at]} ${vkey}`)
    this.ledger.policyLines = [...lines, `group quorum-of 2 ${names.join(' ')}`, 'quorum quorum-of', ''].join('\n')
    this.ledger.cosigners = cosigners.map(cosigner => ({ cosigner, timeSeconds: Math.floor(this.nowMs / 1000) }))
  }

  newId(kind: IdKind): string {
    this.#ids += 1
    return idNumbered(kind, this.#ids)
  }

  get programDigest(): Digest {
    return digestOf(this.bundle.text)
  }

  statement(
    parts: Partial<Envelope> & { kind: string; body: JsonObject },
    opts: { typ?: StatementType; signer?: World['issuer'] } = {},
  ): string {
    const { signer = this.issuer, typ = 'breakglass+jws' } = opts
    const sid = this.newId('statement')
    const at = msToInstant(this.nowMs)
    const envelope: Envelope = { v: 1, sid, at, subject: this.newId('grant'), seq: 1, ...parts }
    return formatStatement(envelope, { log: organization, signer, typ })
  }

  publish(
    program: ResolvedProgram,
    opts: { class?: ProgramPublishedBody['class']; effectiveMs?: number } = {},
  ): ProgramBundle {
    this.program = program
    this.#versions += 1
    const resolved = canonicalJson(jsonOf(program))
    const text = `# version ${this.#versions}\norganization: acme\n`
    const before = this.#previous
    const body: ProgramPublishedBody = {
      approvers: [],
      class: opts.class ?? (before === undefined ? 'first' : 'neutral'),
      diff: { digest: digestOf(''), length: 0 },
      effectiveAt: msToInstant(opts.effectiveMs ?? this.nowMs),
      ...(before !== undefined && { previous: before.program }),
      program: { digest: digestOf(text), length: encodeUtf8(text).length },
      publisher: idNumbered('person', 1),
      resolved: { digest: digestOf(resolved), length: encodeUtf8(resolved).length },
      version: this.#versions,
    }
    const place = { subject: idNumbered('program', 1), seq: this.#versions, ...(before && { prev: before.leaf }) }
    const statement = this.statement({ kind: 'program.published', ...place, body: jsonOf(body) })
    const { logged, index } = this.ledger.append(statement)
    this.#previous = { program: digestOf(text), leaf: leafHash(statement) }
    this.bundleIndex = index
    this.bundle = { text, resolved, statement, proof: logged.proof }
    return this.bundle
  }

  grantStatement(wish: GrantWish, signer = this.issuer): { id: string; jws: string } {
    const grantedMs = wish.grantedMs ?? this.nowMs
    const scope: Scope = {
      at: wish.at ?? idNumbered('point', 1),
      boundary: 'merge',
      change: { commit: wish.commit ?? (`sha1:${'ab'.repeat(20)}` as Commit) },
      expiresAt: msToInstant(grantedMs + (wish.ttlSeconds ?? 1800) * 1000),
      gate: wish.gate ?? gates.tests,
      grantedAt: msToInstant(grantedMs),
      mode: wish.mode ?? 'online',
      program: wish.program ?? this.programDigest,
      ref: wish.ref ?? 'refs/heads/main',
      repository: wish.repository ?? repository,
      uses: wish.uses ?? 1,
    }
    const body: GrantedBody = {
      actor: idNumbered('person', 2),
      approvers: wish.secondPerson === 'approved' ? [idNumbered('person', 3)] : [],
      justification: commitmentOf(new Uint8Array(16), 'Card payments fail.'),
      reasons: { digest: digestOf('reasons'), length: 7 },
      request: this.newId('request'),
      roster: { digest: digestOf('roster'), length: 6 },
      scope,
      secondPerson: wish.secondPerson ?? 'went_solo',
    }
    const id = this.newId('grant')
    const at = msToInstant(grantedMs)
    return { id, jws: this.statement({ kind: 'glass.granted', subject: id, at, body: jsonOf(body) }, { signer }) }
  }

  /** Signed, logged, in the carried form. */
  grant(wish: GrantWish = {}): { id: string; carried: string; wish: GrantWish } {
    const { id, jws } = this.grantStatement(wish)
    return { id, carried: formatCarried(this.ledger.append(jws).logged), wish }
  }

  receipt(wish: ReceiptWish, signer = this.issuer): string {
    const atMs = wish.atMs ?? this.nowMs
    const body: ReceiptBody = {
      change: { commit: wish.commit },
      expiresAt: msToInstant(atMs + (wish.seconds ?? 7 * 86_400) * 1000),
      gate: wish.gate,
      program: this.programDigest,
      reporter: idNumbered('token', 1),
      repository: wish.repository ?? repository,
      result: wish.result ?? 'pass',
      run: wish.run ?? '4711',
    }
    const parts = { kind: 'gate.receipt', subject: this.newId('receipt'), at: msToInstant(atMs), body: jsonOf(body) }
    return this.statement(parts, { typ: 'breakglass-receipt+jws', signer })
  }

  waiver(change: Partial<WaiverGrantedBody> = {}, logged = true): string {
    const body: WaiverGrantedBody = {
      gate: gates.tests,
      repository,
      ref: 'refs/heads/main',
      program: this.programDigest,
      grantedAt: msToInstant(this.nowMs),
      expiresAt: msToInstant(this.nowMs + 86_400_000),
      owner: idNumbered('person', 1),
      reason: commitmentOf(new Uint8Array(16), 'Being rewritten.'),
      ...change,
    }
    const jws = this.statement({ kind: 'waiver.granted', subject: this.newId('window'), body: jsonOf(body) })
    return formatCarried(logged ? this.ledger.append(jws).logged : { jws, proof: '' })
  }

  window(change: Record<string, Json> & { commit: Commit; seconds?: number }, logged = true): Logged {
    const { commit, seconds = 1800, ...rest } = change
    const body = {
      at: idNumbered('point', 1),
      change: { commit },
      gate: gates.style,
      program: this.programDigest,
      ref: 'refs/heads/main',
      repository: jsonOf(repository),
      windowFrom: msToInstant(this.nowMs),
      windowUntil: msToInstant(this.nowMs + seconds * 1000),
      ...rest,
    }
    const jws = this.statement({ kind: 'gate.passed_unavailable', subject: this.newId('window'), body })
    return logged ? this.ledger.append(jws).logged : { jws, proof: '' }
  }
}

/** A typed body as what it is on the wire. */
export function jsonOf(body: object): JsonObject {
  return JSON.parse(JSON.stringify(body))
}

const on = { repositories: [{ id: repository, name: repositoryName }], branches: ['main', 'release/*'] }
const common = {
  boundary: 'merge',
  protects: 'The payment flow.',
  on,
  owner: 'payments-oncall',
  timezone: 'Europe/Berlin',
} as const

const breakable = {
  kind: 'allowed',
  who: ['payments-oncall'],
  approvers: ['payments-oncall'],
  bots: [],
  secondPerson: { kind: 'none' },
  ttlSeconds: 1800,
  uses: 2,
  offline: true,
} as const

export function programOf(change: Partial<ResolvedProgram> = {}): ResolvedProgram {
  const list: ResolvedGate[] = [
    {
      ...common,
      on: { ...on },
      name: gates.tests,
      class: 'quality',
      passes: { kind: 'check', check: 'integration-tests' },
      whenUnavailable: { kind: 'closed' },
      breakGlass: { ...breakable, who: ['payments-oncall'], approvers: ['payments-oncall'], bots: [] },
    },
    {
      ...common,
      name: gates.smoke,
      class: 'control',
      passes: { kind: 'check', check: 'smoke' },
      whenUnavailable: { kind: 'closed' },
      breakGlass: { kind: 'never' },
      whenItCannotRun: { afterSeconds: 300, who: ['payments-oncall'], approvers: ['payments-oncall'], ttlSeconds: 900 },
    },
    {
      ...common,
      name: gates.style,
      class: 'advisory',
      passes: { kind: 'check', check: 'style' },
      whenUnavailable: { kind: 'pass', forSeconds: 1800 },
      breakGlass: { ...breakable, who: ['payments-oncall'], approvers: ['payments-oncall'], bots: [] },
    },
  ]
  return {
    v: 1,
    organization: 'acme',
    timezone: 'Europe/Berlin',
    calendar: { weekend: [6, 7], holidays: [] },
    owners: ['mina@acme.dev'],
    groups: { 'payments-oncall': { kind: 'members', members: ['ana@acme.dev'] } },
    teams: {},
    gates: Object.fromEntries(list.map(gate => [gate.name, gate])),
    reviews: { dueBusinessDays: 2, reviewers: ['payments-oncall'], escalate: [] },
    waivers: { longestSeconds: 2_592_000, renewals: 2 },
    wideningDelaySeconds: 86_400,
    offlineTtlSecondsMax: 1800,
    ...change,
  }
}

/** The program with only these gates. */
export function programWith(names: readonly string[]): ResolvedProgram {
  const whole = programOf()
  return { ...whole, gates: Object.fromEntries(Object.entries(whole.gates).filter(([name]) => names.includes(name))) }
}
