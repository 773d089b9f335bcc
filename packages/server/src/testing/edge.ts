import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatId } from '@breakglass/core/ids'
import { initLedger, type Ledger, openLedger } from '@breakglass/ledger'
import { encodeUtf8, leafHash, parseTrustPolicy, signerFromSeed } from '@breakglass/verify'
import type { Chat } from '../chat/chat.ts'
import { ensureFounded } from '../commands/founding/found.ts'
import type { Edge } from '../edge/edge.ts'
import { makeEdge } from '../edge/make-edge.ts'
import { jobHandlers } from '../jobs/handlers.ts'
import { type JobRunner, runJobs } from '../jobs/runner.ts'
import type { LedgerClient } from '../ledger-client/ledger-client.ts'
import type { Store } from '../store/store.ts'

export interface TestEdge {
  edge: Edge
  ledger: Ledger
  /** What the ledger client does from now on; a test lets it fail or hang. */
  client: LedgerClient
  runJobs(): JobRunner
  close(): Promise<void>
}

export interface TestEdgeOptions {
  nowMs?: () => number
  /** Not founded: for tests of founding itself. */
  founded?: boolean
  /** What the trust policy says after its log: witnesses and a quorum. Default: none. */
  policyLines?: string
  /** Default: none is connected. */
  chat?: Chat
}

const noChat: Chat = { has: () => false, post: () => Promise.reject(new Error('no chat is connected')) }

/** A founded organisation over a real ledger in this process, with its outbox running. For tests beside the code. */
export async function makeTestEdge(
  store: Store,
  { nowMs = Date.now, founded = true, policyLines = 'quorum none\n', chat = noChat }: TestEdgeOptions = {},
): Promise<TestEdge> {
  const home = await mkdtemp(join(tmpdir(), 'breakglass-edge-'))
  const made = await initLedger({ dir: join(home, 'ledger'), now: Date.now })
  const ledger = await openLedger({ dir: made.dir, now: Date.now })
  const policyText = `log ${made.vkey}\n${policyLines}`
  const policy = parseTrustPolicy(policyText)
  const log = policy.ok ? policy.value.logs[0] : undefined
  if (!log) throw new Error('invariant: the policy of a new ledger is sound')
  const client: LedgerClient = {
    append: statements => ledger.append(statements.map(encodeUtf8)),
    find: async statement => ledger.proofFor(leafHash(statement)),
    head: async () => ({ origin: log.key.name, size: ledger.checkpoint().size, checkpoint: ledger.checkpoint().note }),
    consistency: async (from, to) => ledger.consistency(from, to).proof,
    clockMs: async () => Date.now(),
  }
  const edge = makeEdge({
    store,
    issuer: {
      organization: formatId('organization', new Uint8Array(16).fill(9)),
      signer: signerFromSeed(new Uint8Array(32).fill(7)),
    },
    // Looked up at each call, so that a test can put another one in its place.
    ledger: {
      append: statements => client.append(statements),
      find: statement => client.find(statement),
      head: () => client.head(),
      consistency: (from, to) => client.consistency(from, to),
      clockMs: () => client.clockMs(),
    },
    chat,
    log: { origin: log.key.name, policyText },
    url: 'http://127.0.0.1:7117',
    version: '0.0.0-test',
    nowMs,
    randomBytes: length => new Uint8Array(randomBytes(length)),
    clockSkewMs: () => 0,
  })
  const runners: JobRunner[] = []
  if (founded) await ensureFounded(edge, { name: 'Acme' })
  return {
    edge,
    ledger,
    client,
    runJobs() {
      const runner = runJobs({
        store,
        handlers: jobHandlers(edge),
        owner: 'test',
        random: Math.random,
        onError: error => {
          throw error
        },
      })
      runners.push(runner)
      return runner
    },
    async close() {
      for (const runner of runners) await runner.stop()
      await edge.outbox.stop()
      await ledger.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}
