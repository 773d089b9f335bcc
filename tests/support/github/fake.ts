import { generateKeyPairSync } from 'node:crypto'
import type { Server } from 'node:http'
import { serveApi } from './api/serve.ts'
import { Deliveries } from './deliveries.ts'
import { FakeOrganization } from './organization.ts'
import type { App } from './state.ts'
import { type Clock, newAccount, World } from './world.ts'

export interface NewApp {
  slug: string
  permissions: Record<string, string>
  events?: string[]
  webhook?: App['webhook']
}

/** An app as its owner holds it: what GitHub knows of it, and the key that GitHub does not keep. */
export interface OwnedApp {
  id: number
  slug: string
  privateKey: string
}

/** What was asked of the API, for a test to look at. */
export interface Asked {
  method: string
  path: string
  status: number
  /** Whose token it was. */
  as: string
}

/**
 * A GitHub that keeps its promises as far as its published description goes: every request and every reply is judged by it.
 * It listens on loopback and ends with `close`.
 */
export class FakeGithub {
  readonly world: World
  readonly deliveries: Deliveries
  readonly asked: Asked[] = []
  /** Requests left in this hour; what is answered with 304 costs nothing. */
  budget = 5000
  /** Nobody answers. */
  isDown = false
  private server: Server | undefined

  private constructor(clock: Clock) {
    this.world = new World(clock)
    this.deliveries = new Deliveries(this.world)
  }

  static async start(clock: Clock = { now: () => Date.now() }): Promise<FakeGithub> {
    const fake = new FakeGithub(clock)
    const { server, origin } = await serveApi(fake)
    fake.server = server
    fake.world.origin = origin
    return fake
  }

  get url(): string {
    return this.world.origin
  }

  organization(login: string): FakeOrganization {
    return new FakeOrganization({ world: this.world, deliveries: this.deliveries }, login)
  }

  app({ slug, permissions, events = [], webhook }: NewApp): OwnedApp {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    })
    const id = this.world.id()
    newAccount(this.world, `${slug}[bot]`, 'Bot')
    const owner = `${slug}-owner`
    newAccount(this.world, owner, 'User')
    const app: App = {
      id,
      slug,
      name: slug,
      owner,
      publicKey,
      permissions,
      events,
      webhook,
      createdAt: this.world.now(),
    }
    this.world.state.apps.set(slug, app)
    return { id, slug, privateKey }
  }

  async close(): Promise<void> {
    await this.deliveries.settled()
    this.server?.closeAllConnections()
    await new Promise<void>(resolve => (this.server ? this.server.close(() => resolve()) : resolve()))
  }
}
