import { createServer, type RequestListener, type Server } from 'node:http'
import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readAppKey } from './app-token.ts'
import { createGithubClient } from './client.ts'

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const secret = 'ghs_thisIsTheTokenThatMustNeverBeShown'
const token = { token: secret, expires_at: '2030-01-01T00:00:00Z', permissions: { checks: 'write' } }

/** A client of a server that answers as it likes, once it gave a token. */
async function clientOf(listener: RequestListener) {
  server = createServer((request, response) => {
    if (request.url?.includes('/access_tokens')) {
      response.writeHead(201, { 'content-type': 'application/json' })
      return void response.end(JSON.stringify(token))
    }
    return void listener(request, response)
  })
  await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const base = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
  const app = { id: '1', key: readAppKey(privateKey), installation: '2' }
  return createGithubClient({ base, app, now: () => Date.parse('2026-11-24T00:00:00Z') })
}

const failureOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (cause: Error & { code?: string }) => cause,
  )
  expect(JSON.stringify([error?.message, error])).not.toContain(secret)
  return `${error?.code}: ${error?.message}`
}

describe('a client of the API', () => {
  it.each<[string, RequestListener, string]>([
    ['an answer that is no JSON', (_, response) => response.end('<html>'), 'forge_unavailable'],
    ['an answer of another form', (_, response) => response.end('{"id":"x"}'), 'forge_unavailable'],
    ['a failure of the server', (_, response) => response.writeHead(502).end('{}'), 'forge_unavailable'],
    ['a limit', (_, response) => response.writeHead(429, { 'retry-after': '30' }).end('{}'), 'Ask again in 30 s'],
    [
      'a redirect',
      (_, response) => response.writeHead(301, { location: 'http://127.0.0.1:1/' }).end(),
      'forge_unavailable',
    ],
    [
      'a broken answer',
      (_, response) => {
        response.writeHead(200).write('{"id"')
        response.destroy()
      },
      'forge_unavailable',
    ],
    ['a closed door', request => void request.socket.destroy(), 'cannot be reached'],
    [
      'no right',
      (_, response) => response.writeHead(403).end('{"message":"Resource not accessible\\u001b[31m"}'),
      'forge_refused',
    ],
    ['nothing there', (_, response) => response.writeHead(404).end('{"message":"Not Found"}'), 'Not Found'],
  ])('says what %s is, and shows no token', async (_, listener, words) => {
    const client = await clientOf(listener)
    const failure = await failureOf(client.get('/repos/acme/payments', z.object({ id: z.number() })))
    expect(failure).toContain(words)
    expect(failure).not.toContain('\u001b')
  })

  it('follows pages below its own base alone', async () => {
    const asked: string[] = []
    const client = await clientOf((request, response) => {
      asked.push(request.url ?? '')
      const elsewhere = 'http://169.254.169.254/latest/meta-data'
      response.writeHead(200, { link: `<${elsewhere}>; rel="next"` })
      response.end('[1]')
    })
    expect(await client.list('/list', z.number())).toEqual([1])
    expect(asked).toEqual(['/list'])
  })

  it('does not follow pages for ever', async () => {
    const client = await clientOf((request, response) => {
      response.writeHead(200, { link: `<http://${request.headers.host}/list>; rel="next"` })
      response.end('[1]')
    })
    expect(await failureOf(client.list('/list', z.number()))).toContain('more than 50 pages')
  })

  it('asks again by the tag of what it holds', async () => {
    const tags: (string | undefined)[] = []
    const client = await clientOf((request, response) => {
      tags.push(request.headers['if-none-match'])
      if (request.headers['if-none-match'] === '"a"') return void response.writeHead(304).end()
      response.writeHead(200, { etag: '"a"' })
      response.end('{"id":7}')
    })
    const shape = z.object({ id: z.number() })
    expect([await client.get('/one', shape), await client.get('/one', shape)]).toEqual([{ id: 7 }, { id: 7 }])
    expect(tags).toEqual([undefined, '"a"'])
  })

  it('takes what may not be read for a fact of its own', async () => {
    const client = await clientOf((_, response) => response.writeHead(404).end('{"message":"Branch not protected"}'))
    expect(await client.answer('/x')).toEqual({ status: 404, body: { message: 'Branch not protected' } })
    expect(await client.rights()).toEqual({ checks: 'write' })
  })
})

it.each(['', 'not a key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'])(
  'refuses what is no key of an app, and shows none of it',
  text => {
    expect(() => readAppKey(text)).toThrow('found something that is no private key')
  },
)
