import { contract } from '../../packages/core/src/contract/index.ts'
import { BreakglassError } from '../../packages/core/src/errors.ts'
import { createApp, type Handlers } from '../../packages/server/src/http/app.ts'
import { listen } from '../../packages/server/src/http/listen.ts'
import { pagesDirectory } from '../../packages/server/src/http/pages-directory.ts'
import { loadPages, servePages } from '../../packages/server/src/http/pages.ts'
import { ana, busy, grant, grantIds, instant, nowMs, reviews, waiting } from './samples.ts'

const { redeemInvitation, whoami, status, listReviews, approveGrant, declineGrant } = contract
const routes = { redeemInvitation, whoami, status, listReviews, approveGrant, declineGrant }
type Replies = Handlers<typeof routes>

export const code = 'Yq3v0h8Zk2m1'
export const token = 'bgp_token-of-ana'

export interface PageServer {
  url: string
  /** What the pages asked, in order: `status`, or `redeemInvitation {…}`. */
  asked: string[]
  /** From now on the server says this instead. */
  replies: Partial<Replies>
  stop(): Promise<void>
}

/**
 * The real HTTP layer and the real pages, with handlers that say what a test wants said: the pages are a thin client, and what
 * they are tested for is what they make of an answer. A reply that the contract does not allow fails as it would for real.
 */
export async function startPageServer(): Promise<PageServer> {
  const listening = await listen({ host: '127.0.0.1', port: 0 })
  const person = {
    ...ana,
    accounts: [{ issuer: 'local', subject: 'ana@acme.example' }],
    roles: [],
    kind: 'human' as const,
    state: 'active' as const,
    since: instant(-1e6),
  }
  const spent = { code: false }
  const usual: Replies = {
    redeemInvitation: async ({ body }) => {
      if (body.code !== code || spent.code) {
        throw new BreakglassError('invitation_spent', 'This link was used already or has expired.')
      }
      spent.code = true
      return { token, tokenId: `tk_0${'a'.repeat(25)}`, expiresAt: instant(86_400), person }
    },
    whoami: async () => ({
      person,
      tokenExpiresAt: instant(86_400),
      groups: [],
      mayBreak: [],
      mayReview: false,
      isOwner: false,
    }),
    status: async () => ({ ...busy, ...later() }),
    listReviews: async () => ({ reviews }),
    approveGrant: async ({ params }) => grant({ id: params.id }),
    declineGrant: async ({ params }) => waiting({ id: params.id, state: 'declined' }),
  }
  const startedMs = performance.now()
  // The server's clock stands at 03:04 and runs: the browser's own is years or hours off, and must not matter.
  const later = () => ({ now: new Date(nowMs + Math.floor(performance.now() - startedMs)).toISOString() })
  const server: PageServer = { url: listening.url, asked: [], replies: {}, stop: listening.close }
  const app = createApp({
    routes,
    handlers: said(usual, server),
    authenticate: async secret =>
      secret === token ? { kind: 'person', tokenId: 'tk_1', person: ana.id, roles: [] } : undefined,
    reportDefect: ({ route, cause }) => server.asked.push(`defect in ${route}: ${String(cause)}`),
    version: '1',
  })
  const directory = pagesDirectory()
  if (directory === undefined) throw new Error('@breakglass/web is not installed: run npm ci')
  listening.handle(servePages(app, await loadPages(directory)).fetch)
  return server
}

/** Each handler notes that it was asked, and what with. */
function said(usual: Replies, server: PageServer): Replies {
  const noting = Object.keys(usual).map(id => [
    id,
    async (call: { params?: { id: string }; body?: unknown }) => {
      const words = [id, call.params?.id, call.body === undefined ? undefined : JSON.stringify(call.body)]
      server.asked.push(words.filter(word => word !== undefined).join(' '))
      // A cast: the handler of one route is called only with that route's call.
      const handler = (server.replies[id as keyof Replies] ?? usual[id as keyof Replies]) as (call: unknown) => unknown
      return await handler(call)
    },
  ])
  return Object.fromEntries(noting) as Replies
}

export { grantIds }
