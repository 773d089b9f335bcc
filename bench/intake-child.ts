import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startIntake } from '../packages/server/src/intake/intake.ts'
import { openStore } from '../packages/server/src/store/open.ts'
import { peer } from './peers.ts'

/**
 * One taker of webhooks in a process of its own, so that whoever sends has the other processor: ours, Probot's, or one that
 * only reads the body. Says its port, and ends with its standard input.
 */
const [which = '', secret = '', directory = ''] = process.argv.slice(2)
type Take = (request: IncomingMessage, response: ServerResponse) => unknown

const takers: Record<string, () => Promise<Take | undefined>> = { ours, probot, bare: async () => bare }
const take = await takers[which]?.()
if (take) {
  const server = createServer((request, response) => void take(request, response))
  server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
} else console.log(0)
process.stdin.resume().on('end', () => process.exit(0))

async function ours(): Promise<Take> {
  const store = await openStore({ directory, random: Math.random })
  await store.migrate()
  const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length))
  const intake = await startIntake({ store, secrets: [secret], nowMs: Date.now, randomBytes, onError: console.error })
  return intake.take
}

interface ProbotModule {
  Probot: new (options: object) => unknown
  createNodeMiddleware: (app: () => void, options: object) => Take | Promise<Take>
}

/** Verifies and answers; it keeps nothing and knows nothing twice. */
async function probot(): Promise<Take | undefined> {
  const module = await peer<ProbotModule>('probot')
  if (module === undefined) return undefined
  const { generateKeyPairSync } = await import('node:crypto')
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const app = new module.Probot({ appId: 7, privateKey, secret, logLevel: 'fatal' })
  return module.createNodeMiddleware(() => undefined, { probot: app, webhooksPath: '/hooks/github' })
}

function bare(request: IncomingMessage, response: ServerResponse): void {
  request.on('data', () => undefined).on('end', () => response.writeHead(202).end())
}
