import { readFileSync } from 'node:fs'
import { contract } from '@breakglass/core/contract'
import { formatId } from '@breakglass/core/ids'
import { z } from 'zod'
import { ensureFounded, offerFirstAdministrator, organizationOf } from './commands/founding/found.ts'
import { watchForum } from './commands/forum/deliver.ts'
import { voidLeftOpen } from './commands/glass/go-live.ts'
import { voidWaiversLeft } from './commands/waivers/end-waiver.ts'
import { createChat } from './chat/chat.ts'
import type { ServeConfig } from './config.ts'
import type { Edge } from './edge/edge.ts'
import { makeEdge } from './edge/make-edge.ts'
import { intakePath, startIntake } from './intake/intake.ts'
import type { Host } from './host.ts'
import { createApp } from './http/app.ts'
import { createHandlers } from './http/handlers.ts'
import { listen, type Listening } from './http/listen.ts'
import { loadPages, servePages } from './http/pages.ts'
import { pagesDirectory } from './http/pages-directory.ts'
import { authenticate } from './identity/authenticate.ts'
import { loadIssuerKey } from './identity/issuer-key.ts'
import { jobHandlers } from './jobs/handlers.ts'
import { runJobs } from './jobs/runner.ts'
import { createLedgerClient } from './ledger-client/ledger-client.ts'
import { isLoopback } from './loopback.ts'
import { checkLedgerClock, watchClock } from './start/clock.ts'
import { watchMemory } from './start/memory.ts'
import { wordsOf } from './start/words-of.ts'
import { openStore } from './store/open.ts'
import type { Store } from './store/store.ts'
import { followPolicy } from './trust/follow-policy.ts'
import { writeTrustFile } from './trust/trust-file.ts'

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')))

/** What is printed when the server is ready: what a launcher reads, and a person may. */
export interface Ready {
  ready: true
  url: string
  organization: string
  store: 'sqlite' | 'postgres'
  trust: string
  adminLink?: string
}

/** Runs the server until it is told to stop. Everything that was started is stopped in reverse, also when starting fails. */
export async function serve(config: ServeConfig, host: Host, ready: (line: Ready) => void): Promise<void> {
  const started: (() => Promise<void>)[] = []
  let stopped = host.stopped
  const starting = async () => {
    const store = await openStore({ ...storeOf(config), random: host.random })
    started.push(() => store.close())
    await store.migrate()
    const clock = await watchClock(store, host)
    started.push(clock.stop)

    const listening = await listen(config.listen)
    started.push(listening.close)
    const edge = await edgeOf(config, host, store, { url: config.url ?? listening.url, clockSkewMs: clock.skewMs })
    started.push(() => edge.outbox.stop())
    await checkLedgerClock(edge, host)
    await ensureFounded(edge, { name: config.organization })
    await followPolicy(edge)
    const memory = await watchMemory(edge, host)
    started.push(memory.stop)
    const late = await voidLeftOpen(edge)
    const waivers = await voidWaiversLeft(edge)
    if (late + waivers > 0) host.log({ event: 'voided_at_start', grants: late, waivers })

    const trust = await writeTrustFile(edge.store, config.dir)
    await watchForum(edge)
    started.push(startJobs(edge, config, host))
    await handle(listening, edge, config, host)
    started.push(await takeDeliveries(listening, edge, config, host))
    const adminLink = await offerFirstAdministrator(edge)
    const { organization } = edge.issuer
    stopped = Promise.race([host.stopped, memory.lost])
    ready({
      ready: true,
      url: edge.url,
      organization,
      store: store.engine,
      trust,
      ...(adminLink !== undefined && { adminLink }),
    })
  }
  try {
    await starting()
    host.log({ event: 'stopping', why: await stopped })
  } finally {
    for (const stop of started.toReversed()) await stop()
  }
}

export const storeOf = ({ dir, databaseUrl }: Pick<ServeConfig, 'dir' | 'databaseUrl'>) =>
  databaseUrl === undefined ? { directory: dir } : { databaseUrl }

async function edgeOf(
  { dir, ledger, channels }: ServeConfig,
  host: Host,
  store: Store,
  given: { url: string; clockSkewMs: () => number },
): Promise<Edge> {
  const signer = loadIssuerKey(dir, host.randomBytes)
  const organization = (await organizationOf(store)) ?? formatId('organization', host.randomBytes(16))
  const { url, secret, policy, policyText, origin } = ledger
  return makeEdge({
    store,
    issuer: { organization, signer },
    ledger: createLedgerClient({ url, secret, policy, fetch: globalThis.fetch }),
    chat: createChat(channels, globalThis.fetch),
    log: { origin, policyText },
    version,
    nowMs: host.nowMs,
    randomBytes: host.randomBytes,
    ...given,
    onLedgerChange: ({ reachable, cause }) =>
      host.log({ event: reachable ? 'ledger_reachable' : 'ledger_unreachable', ...wordsOf(cause) }),
  })
}

const isOutOfBand = ({ ledger }: ServeConfig): boolean => !isLoopback(new URL(ledger.url).hostname)

async function handle(listening: Listening, edge: Edge, config: ServeConfig, host: Host): Promise<void> {
  const handlers = createHandlers(edge, {
    ledgerOutOfBand: isOutOfBand(config),
    trustChanged: async () => void (await writeTrustFile(edge.store, config.dir)),
  })
  const app = createApp({
    routes: contract,
    handlers,
    version,
    authenticate: secret => authenticate(edge.store, secret, edge.nowMs()),
    reportDefect: ({ route, cause }) => host.log({ event: 'defect', route, ...wordsOf(cause) }),
  })
  const directory = config.web ?? pagesDirectory()
  if (directory === undefined)
    host.log({ event: 'no_pages', why: '@breakglass/web is not installed beside the server' })
  const pages = directory === undefined ? [] : await loadPages(directory)
  listening.handle(servePages(app, pages).fetch)
}

/** Nothing is at this path unless it was configured. */
async function takeDeliveries(
  listening: Listening,
  { store, nowMs, randomBytes }: Edge,
  { github }: ServeConfig,
  host: Host,
): Promise<() => Promise<void>> {
  if (!github) return async () => {}
  const onError = (cause: unknown) => host.log({ event: 'deliveries_not_kept', ...wordsOf(cause) })
  const { secrets, bytesMax } = github
  const intake = await startIntake({ store, nowMs, randomBytes, secrets, bytesMax, onError })
  listening.handleRaw(intakePath, intake.take)
  return intake.stop
}

function startJobs(edge: Edge, config: ServeConfig, host: Host): () => Promise<void> {
  const runner = runJobs({
    store: edge.store,
    handlers: jobHandlers(edge, {
      ledgerOutOfBand: isOutOfBand(config),
      ...(config.github && { github: { apiBase: config.github.apiBase, app: config.github.app } }),
    }),
    owner: host.name,
    random: host.random,
    onError: (cause, job) =>
      host.log({ event: 'job_failed', ...(job && { kind: job.kind, key: job.key }), ...wordsOf(cause) }),
  })
  return () => runner.stop()
}
