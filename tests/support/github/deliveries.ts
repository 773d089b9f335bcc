import { createHmac } from 'node:crypto'
import { completePayload, faultsOfPayload, type JsonObject } from './description.ts'
import { installation as installationRendered, organization, repository as repositoryRendered, user } from './render.ts'
import type { App, Delivery, Installation, Repository } from './state.ts'
import { covers, digest, installationOf, type World } from './world.ts'

export interface Told {
  event: string
  action?: string
  payload: JsonObject
  /** Who did it; a push of the merge queue names nobody. */
  sender?: string
  /** Told to this app alone, as whatever concerns one app is. */
  app?: string
}

/** How often a delivery is lost, and whether GitHub's own list of deliveries still knows of it. */
export interface Loss {
  count?: number
  /** True: not even listed, as what GitHub never made. False (the usual): listed as failed, and can be sent again. */
  isUnlisted?: boolean
}

/**
 * Signed webhooks to every app that is installed, subscribed and not suspended. A delivery that fails is never sent again by
 * itself; the app may ask for it, and gets the same GUID.
 */
export class Deliveries {
  private readonly world: World
  private readonly underWay = new Set<Promise<void>>()
  private losing: Required<Loss> = { count: 0, isUnlisted: false }
  private held: Delivery[] | undefined
  private isShuffled = false
  private timeoutMs = 10_000

  constructor(world: World) {
    this.world = world
  }

  /** Whatever comes next is lost: all of it until `arrive`, or as many as said. */
  lose({ count = Number.POSITIVE_INFINITY, isUnlisted = false }: Loss = {}): void {
    this.losing = { count, isUnlisted }
  }

  arrive(): void {
    this.losing = { count: 0, isUnlisted: false }
  }

  /** Keeps deliveries back until `release`. */
  hold(): void {
    this.held ??= []
  }

  /** Keeps deliveries back; they come in another order, the same in every run. */
  shuffle(): void {
    this.hold()
    this.isShuffled = true
  }

  /** Sends what was kept back, one after the other; twice where asked. */
  async release({ times = 1 }: { times?: number } = {}): Promise<void> {
    const held = this.held ?? []
    const order = this.isShuffled ? held.toSorted((a, b) => (digest(a.guid) < digest(b.guid) ? -1 : 1)) : held
    this.held = undefined
    this.isShuffled = false
    for (let time = 0; time < times; time += 1) for (const one of order) await this.post(one)
  }

  /** Resolves when everything that was sent has been answered, or has failed. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay)
  }

  /** How long the receiver may take; ten seconds on github.com. */
  patience(ms: number): void {
    this.timeoutMs = ms
  }

  listed(app: string): Delivery[] {
    return this.world.state.deliveries.filter(one => one.app === app).toReversed()
  }

  /** The same body and GUID once more, as a delivery of its own. */
  redeliver(delivery: Delivery): Delivery {
    const again = {
      ...delivery,
      id: this.world.id(),
      at: this.world.now(),
      isRedelivery: true,
      status: 'pending',
      statusCode: 0,
    }
    this.world.state.deliveries.push(again)
    this.start(again)
    return again
  }

  /** Tells what happened in a repository, to whom it concerns. */
  tell(repository: Repository, told: Told): void {
    const view = { state: this.world.state, origin: this.world.origin }
    for (const app of this.listeners(told)) {
      const installation = installationOf(this.world.state, repository, app.slug)
      if (!installation || installation.suspendedAt !== null) continue
      this.send(app, installation, repository.id, {
        ...told,
        payload: {
          ...told.payload,
          repository: repositoryRendered(view, repository),
          organization: organization(view, repository.owner),
        },
      })
    }
  }

  /** Tells what happened in an organisation, such as to a ruleset of its own. */
  tellOrganization(login: string, told: Told): void {
    const view = { state: this.world.state, origin: this.world.origin }
    const { installations } = this.world.state
    for (const app of this.listeners(told)) {
      const installation = [...installations.values()].find(one => one.app === app.slug && one.account === login)
      if (!installation || installation.suspendedAt !== null) continue
      this.send(app, installation, null, {
        ...told,
        payload: { ...told.payload, organization: organization(view, login) },
      })
    }
  }

  /** What an app is told of its own installation, whatever it subscribed to, and also while suspended. */
  tellInstallation(installation: Installation, told: Told): void {
    const view = { state: this.world.state, origin: this.world.origin }
    const app = this.world.state.apps.get(installation.app)
    if (!app) return
    const repositories = [...this.world.state.repositories.values()].filter(one => covers(installation, one))
    const named = repositories.map(one => ({
      id: one.id,
      node_id: `R_${one.id}`,
      name: one.name,
      full_name: `${one.owner}/${one.name}`,
      private: one.isPrivate,
    }))
    const listed = told.event === 'installation' ? { repositories: named } : {}
    const payload = { ...listed, ...told.payload, installation: installationRendered(view, installation) }
    this.send(app, installation, null, { ...told, payload })
  }

  private listeners({ event, app }: Told): App[] {
    const { apps } = this.world.state
    // Runs and suites of its own reach an app without a subscription.
    if (app !== undefined) return [...apps.values()].filter(one => one.slug === app)
    return [...apps.values()].filter(({ events }) => events.includes(event))
  }

  private send(app: App, installation: Installation, repository: number | null, told: Told): void {
    const { event, action, sender } = told
    if (!app.webhook) return
    const view = { state: this.world.state, origin: this.world.origin }
    const short = { id: installation.id, node_id: `I_${installation.id}` }
    const given: JsonObject = { installation: short, ...(action === undefined ? {} : { action }), ...told.payload }
    const whole = { ...given, ...(sender === undefined ? {} : { sender: user(view, sender) }) }
    const payload = completePayload(event, action, whole)
    // A push by the merge queue has no sender, though the description wants one elsewhere.
    const faults = faultsOfPayload(event, action, payload)
    if (faults.length > 0)
      throw new Error(
        `the fake made a webhook ${event} ${action ?? ''} that GitHub does not describe: ${faults.join('; ')}`,
      )
    const delivery = this.newDelivery(app, {
      event,
      action: action ?? null,
      installation: installation.id,
      repository,
      payload,
    })
    if (this.isLost(delivery)) return
    this.world.state.deliveries.push(delivery)
    if (this.held) this.held.push(delivery)
    else this.start(delivery)
  }

  private newDelivery(
    app: App,
    given: Pick<Delivery, 'event' | 'action' | 'installation' | 'repository'> & { payload: JsonObject },
  ): Delivery {
    const { payload, ...rest } = given
    const id = this.world.id()
    const body = JSON.stringify(payload)
    const guid = digest(`${id}`).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5')
    return {
      ...rest,
      id,
      guid,
      app: app.slug,
      at: this.world.now(),
      isRedelivery: false,
      headers: headersOf(app, guid, rest.event, body),
      body,
      status: 'pending',
      statusCode: 0,
      durationSeconds: 0,
    }
  }

  private isLost(delivery: Delivery): boolean {
    if (this.losing.count <= 0) return false
    this.losing.count -= 1
    if (!this.losing.isUnlisted)
      this.world.state.deliveries.push({ ...delivery, status: 'failed to connect to host', statusCode: 502 })
    return true
  }

  private start(delivery: Delivery): void {
    const sending = this.post(delivery).finally(() => this.underWay.delete(sending))
    this.underWay.add(sending)
  }

  private async post(delivery: Delivery): Promise<void> {
    const url = this.world.state.apps.get(delivery.app)?.webhook?.url
    if (url === undefined) return
    const started = performance.now()
    try {
      const signal = AbortSignal.timeout(this.timeoutMs)
      const answer = await fetch(url, {
        method: 'POST',
        headers: delivery.headers,
        body: delivery.body,
        signal,
        redirect: 'manual',
      })
      await answer.arrayBuffer()
      delivery.statusCode = answer.status
      delivery.status = answer.ok ? 'OK' : `Invalid HTTP Response: ${answer.status}`
    } catch {
      delivery.statusCode = 502
      delivery.status = 'failed to connect to host'
    }
    delivery.durationSeconds = Math.round(performance.now() - started) / 1000
  }
}

function headersOf(app: App, guid: string, event: string, body: string): Record<string, string> {
  const signature = createHmac('sha256', app.webhook?.secret ?? '')
    .update(body)
    .digest('hex')
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'GitHub-Hookshot/fake',
    'X-GitHub-Delivery': guid,
    'X-GitHub-Event': event,
    'X-GitHub-Hook-ID': String(app.id),
    'X-GitHub-Hook-Installation-Target-ID': String(app.id),
    'X-GitHub-Hook-Installation-Target-Type': 'integration',
    'X-Hub-Signature-256': `sha256=${signature}`,
  }
}
