import { formatId } from '@breakglass/core/ids'
import type { GrantView } from '@breakglass/core/contract'
import {
  encodeBase64url,
  formatStatement,
  type JsonObject,
  leafHash,
  msToInstant,
  parseTrust,
  type Signer,
  signerFromSeed,
  type Trust,
} from '@breakglass/verify'
import type { JobHandler } from '../../../jobs/runner.ts'
import type { Caller } from '../../../identity/caller.ts'
import type { Store } from '../../../store/store.ts'
import { makeTestEdge, type TestEdge } from '../../../testing/edge.ts'
import { currentTrustText } from '../../../trust/publish-trust.ts'
import { openGlass } from '../../glass/open-glass.ts'
import { invitePerson } from '../../people/invite-person.ts'
import { redeemInvitation } from '../../people/redeem-invitation.ts'
import { publishProgram } from '../../program/publish-program.ts'
import type { BodyOf } from '../body-of.ts'
import { registerPoint } from '../register-point.ts'
import { createReporter } from '../reporters.ts'

export const repository = { forge: 'git', host: 'git.acme.example', id: 'r_payments' }
export const repositoryName = 'acme/payments'
export const main = 'refs/heads/main'
export const commitOf = (digit: string): string => `sha1:${digit.repeat(40)}`

export const program = `
organization: acme
timezone: Europe/Berlin
owners: [mina@acme.dev, okoro@acme.dev]
groups:
  oncall: { members: [ana@acme.dev, ben@acme.dev] }
  readers: { members: [rae@acme.dev, sol@acme.dev, tove@acme.dev] }
gates:
  pay/tests:
    boundary: merge
    class: quality
    protects: The payment flow.
    on: { repositories: [acme/payments], branches: [main] }
    check: tests
    owner: oncall
    break_glass: { who: [oncall], approvers: [oncall], incident: optional, second_person: none, ttl: 30m, uses: 1, offline: true }
  pay/slow:
    boundary: merge
    class: quality
    protects: The slow part.
    on: { repositories: [acme/payments], branches: [main] }
    check: slow
    owner: oncall
    break_glass: { who: [oncall], approvers: [oncall], incident: optional, second_person: none, ttl: 30m, uses: 2, offline: true }
  pay/smoke:
    boundary: merge
    class: control
    protects: A change that cannot start.
    on: { repositories: [acme/payments], branches: [main] }
    check: smoke
    owner: oncall
    break_glass: never
  pay/lint:
    boundary: merge
    class: advisory
    protects: Style.
    on: { repositories: [acme/payments], branches: [main] }
    check: lint
    owner: oncall
    when_unavailable: { pass: { for: 30m } }
    break_glass: { who: [oncall], approvers: [oncall], incident: optional, second_person: none, ttl: 30m }
reviews: { due: 2 business days, reviewers: [readers] }
drills: { every: 90d }
forum: { every: 30d }
`

export interface TestPoint {
  id: string
  token: string
  publicKey: string
  /** The next event of this point's chain, signed. */
  event(kind: string, body: JsonObject, given?: { atMs?: number }): string
  /** A second journal under the same key, as after its directory was copied: the chain begins anew. */
  copy(): TestPoint
}

/** A founded organisation with a program, one repository, people who may break glass, and a clock that the test holds. */
export interface World {
  test: TestEdge
  edge: TestEdge['edge']
  clock: { ms: number }
  admin: string
  /** By first name; all active. */
  people: Record<'mina' | 'okoro' | 'ana' | 'ben' | 'rae', string>
  point: TestPoint
  enrol(given?: Partial<BodyOf<'registerPoint'>>): Promise<TestPoint>
  reporter(gate: string): Promise<Extract<Caller, { kind: 'reporter' }>>
  break(gate: string, commit: string, given?: { mode?: 'online' | 'offline'; at?: string }): Promise<GrantView>
  trust(): Promise<Trust>
  /** Runs one job's handler now, as its worker would. */
  job(handlers: Readonly<Record<string, JobHandler>>, kind: string, key: string): Promise<void>
  kinds(subject: string): Promise<string[]>
}

export async function makeWorld(store: Store, fromMs = Date.UTC(2026, 10, 23, 9, 0, 0)): Promise<World> {
  const clock = { ms: fromMs }
  const startedMs = Date.now()
  // It goes on by itself too: who waits for a ledger that is down waits for a time to come.
  const test = await makeTestEdge(store, { nowMs: () => clock.ms + Date.now() - startedMs })
  const { edge } = test
  const admin = await person(test, 'admin', ['admin'])
  const people = {
    mina: await person(test, 'mina', ['owner']),
    okoro: await person(test, 'okoro', ['owner']),
    ana: await person(test, 'ana', []),
    ben: await person(test, 'ben', []),
    rae: await person(test, 'rae', []),
  }
  let seeds = 0
  const enrol: World['enrol'] = async (given = {}) => {
    seeds += 1
    return enrolPoint(test, admin, { seed: seeds, clock, given })
  }
  const point = await enrol()
  await publishProgram(edge, people.mina, { file: 'breakglass.yaml', text: program, files: {} })
  // A person the program has just begun to name is flagged, not refused; still, let an hour pass.
  clock.ms += 3_600_000
  return {
    test,
    edge,
    clock,
    admin,
    people,
    point,
    enrol,
    async reporter(gate) {
      const wish = { name: `ci ${gate}`, gate, repository: repositoryName, days: 30 }
      const { reporter } = await createReporter(edge, admin, wish)
      return { kind: 'reporter', tokenId: reporter.id, gate, repositoryKey: 'git/git.acme.example/r_payments' }
    },
    async break(gate, commit, { mode = 'online', at = point.id } = {}) {
      const asked = { gates: [gate], repository: repositoryName, ref: main, change: { commit }, at, mode }
      const { grants } = await openGlass(edge, people.ana, {
        ...asked,
        justification: 'Payments are down, see the incident.',
      })
      const [grant] = grants
      if (grant?.state !== 'live') throw new Error(`expected a live grant: ${JSON.stringify(grant)}`)
      return grant
    },
    async trust() {
      const parsed = parseTrust(await store.read(currentTrustText))
      if (!parsed.ok) throw new Error('expected trust that can be read')
      return parsed.value
    },
    async job(handlers, kind, key) {
      const handler = handlers[kind]
      if (!handler) throw new Error(`expected a handler of ${kind}`)
      const job = {
        id: 'jb_test',
        kind,
        key,
        payload: '',
        tries: 1,
        attempt: 1,
        attemptsMax: 9,
        revision: 1,
        leasedUntil: 0,
      }
      await handler({ job, signal: new AbortController().signal, complete: async () => {} })
    },
    kinds: subject =>
      store.read(async rx => {
        const rows = await rx.db
          .selectFrom('statement')
          .select('kind')
          .where('subject', '=', subject)
          .orderBy('seq')
          .execute()
        return rows.map(row => row.kind)
      }),
  }
}

async function person({ edge }: TestEdge, name: string, roles: readonly ('admin' | 'owner')[]): Promise<string> {
  const given = { email: `${name}@acme.dev`, name, roles, kind: 'human' } as const
  const { code } = await invitePerson(edge, formatId('person', new Uint8Array(16)), given)
  const redeemed = await redeemInvitation(edge, { code })
  return redeemed.person.id
}

interface Enrolment {
  seed: number
  clock: { ms: number }
  given: Partial<BodyOf<'registerPoint'>>
}

async function enrolPoint({ edge }: TestEdge, admin: string, { seed, clock, given }: Enrolment): Promise<TestPoint> {
  const signer = signerFromSeed(new Uint8Array(32).fill(100 + seed))
  const publicKey = encodeBase64url(signer.publicKey)
  const { point, token } = await registerPoint(edge, admin, {
    name: `hook ${seed}`,
    kind: 'git_hook',
    enforcement: 'enforced',
    repository: { id: repository, name: repositoryName, properties: {} },
    publicKey,
    ...given,
  })
  return chainOf({ id: point.id, token, publicKey }, { seed, clock, signer, log: edge.issuer.organization })
}

interface Key {
  seed: number
  clock: { ms: number }
  signer: Signer
  log: string
}

function chainOf(point: Pick<TestPoint, 'id' | 'token' | 'publicKey'>, key: Key): TestPoint {
  const { seed, clock, signer, log } = key
  let seq = 0
  let prev: `sha256:${string}` | undefined
  const event: TestPoint['event'] = (kind, body, { atMs = clock.ms } = {}) => {
    seq += 1
    const sid = formatId(
      'event',
      Uint8Array.from({ length: 16 }, (_, at) => (at === 15 ? seq : seed)),
    )
    const envelope = {
      v: 1,
      kind,
      sid,
      at: msToInstant(atMs),
      subject: point.id,
      seq,
      ...(prev && { prev }),
      body,
    } as const
    const jws = formatStatement(envelope, { log, signer, typ: 'breakglass-report+jws' })
    prev = leafHash(jws)
    return jws
  }
  return { ...point, event, copy: () => chainOf(point, key) }
}
