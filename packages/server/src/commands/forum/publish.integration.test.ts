import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { parseChannels } from '../../chat/channels.ts'
import { createChat } from '../../chat/chat.ts'
import { testProgram } from '../../testing/organization.ts'
import { publishProgram } from '../program/publish-program.ts'
import { dayMs, makeReviewed, type Reviewed } from '../reviews/testing/reviewed.ts'
import { status } from '../system/status.ts'
import { forumJob, forumJobs } from './deliver.ts'
import { publishJob } from './publish.ts'
import { listForums } from './read-forums.ts'

const seeing = { ledgerOutOfBand: true }

/** A chat's incoming webhook: it keeps what it was sent, and answers as it is told. */
class ChatServer {
  readonly taken: { path: string | undefined; text: string }[] = []
  answer = 200
  readonly #server: Server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { text } = JSON.parse(Buffer.concat(parts).toString('utf8')) as { text: string }
      if (this.answer === 200) this.taken.push({ path: request.url, text })
      response.writeHead(this.answer).end('no secrets here')
    })
  })
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/services/T0/s3cr3t`
  }
  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

eachEngine('the report in a chat', makeStore => {
  const chat = new ChatServer()
  let on: Reviewed
  beforeAll(async () => {
    const channels = parseChannels(`#ops ${await chat.start()}\n`)
    on = await makeReviewed(makeStore, { chat: createChat(channels, globalThis.fetch) })
    await publish('#ops')
  })
  beforeEach(() => {
    chat.answer = 200
    chat.taken.length = 0
  })
  afterAll(async () => {
    chat.stop()
    await on.test.close()
  })

  const publish = (channel: string) =>
    publishProgram(on.edge, on.acme.mina, {
      file: 'breakglass.yaml',
      text: `${testProgram}forum: { every: 30d, chair: lee@acme.dev, publish: "${channel}" }\n`,
      files: {},
    })
  const handlers = () => forumJobs(on.edge, seeing)
  /** The next report falls due and is delivered; its row. */
  const fallDue = async () => {
    on.pass(30 * dayMs)
    await on.job(handlers(), forumJob, 'all')
    return newest()
  }
  const newest = async () => {
    const [report] = (await listForums(on.edge)).reports
    if (report === undefined) throw new Error('expected a report that fell due')
    return report
  }
  const post = (report: string, tries = 1) => on.job(handlers(), publishJob, report, tries)
  const alarms = async () =>
    (await status(on.edge, on.acme.mina, seeing)).alarms.filter(({ kind }) => kind === 'chat_silent')
  const openJobs = () =>
    on.edge.store.read(rx =>
      rx.db.selectFrom('job').select('key').where('kind', '=', publishJob).where('done_at', 'is', null).execute(),
    )

  it('is posted once, with where the rest is to be read', async () => {
    const { id, posted } = await fallDue()
    expect(posted).toEqual({ to: '#ops' })
    expect(await openJobs()).toContainEqual({ key: id })
    await post(id)
    await post(id)
    expect(chat.taken).toHaveLength(1)
    expect(chat.taken[0]).toMatchObject({ path: '/services/T0/s3cr3t' })
    expect(chat.taken[0]?.text).toContain('**The forum of')
    expect(chat.taken[0]?.text).toContain(`breakglass forum show ${id}`)
    expect((await newest()).posted).toMatchObject({ to: '#ops', at: expect.any(String) })
    expect((await listForums(on.edge)).publish).toMatchObject({ to: '#ops', connected: true })
  })

  it('waits while the chat refuses, says why without its address, and ends its alarm when it is taken', async () => {
    const { id } = await fallDue()
    chat.answer = 503
    await expect(post(id)).rejects.toThrow('the chat answered 503')
    expect(await alarms()).toEqual([])
    await expect(post(id, 4)).rejects.toThrow('the chat answered 503')
    expect((await newest()).posted).toEqual({ to: '#ops', error: 'the chat answered 503' })
    const [alarm] = await alarms()
    expect(alarm?.words).toContain('#ops')
    expect(JSON.stringify(alarm)).not.toContain('s3cr3t')
    chat.answer = 200
    await post(id, 5)
    expect(await alarms()).toEqual([])
    expect((await newest()).posted).toMatchObject({ at: expect.any(String) })
  })

  it('is not posted to a channel that nobody connected, and that is said', async () => {
    await publish('#elsewhere')
    const { id, posted } = await fallDue()
    expect(posted).toEqual({ to: '#elsewhere' })
    expect(await openJobs()).not.toContainEqual({ key: id })
    expect((await listForums(on.edge)).publish).toMatchObject({ connected: false })
    expect(chat.taken).toEqual([])
  })
})
