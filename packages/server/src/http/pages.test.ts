import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { contract } from '@breakglass/core/contract'
import { afterEach, describe, expect, it } from 'vitest'
import { createApp } from './app.ts'
import { loadPages, servePages } from './pages.ts'
import { pagesDirectory } from './pages-directory.ts'

const directories: string[] = []
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true })
})

async function directoryWith(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'breakglass-pages-'))
  directories.push(directory)
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text)
  return directory
}

const api = createApp({
  routes: { listPersons: contract.listPersons },
  handlers: { listPersons: async () => ({ persons: [] }) },
  authenticate: async () => undefined,
  reportDefect: () => {},
  version: '1',
})
const home = { path: '/', type: 'text/html; charset=utf-8', bytes: new TextEncoder().encode('<h1>hello</h1>') }
const asPerson = { headers: { accept: 'text/html,*/*' } }

describe('the pages', () => {
  it('are served under a policy that lets them run only their own files', async () => {
    const response = await servePages(api, [home]).request('/')
    expect(await response.text()).toBe('<h1>hello</h1>')
    const policy = response.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'; script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it("leave the API's answers as they were", async () => {
    for (const address of ['/api/v1/persons', '/api/v1/nothing']) {
      const [around, alone] = await Promise.all([
        servePages(api, [home]).request(address, asPerson),
        api.request(address, asPerson),
      ])
      expect(around.status).toBe(alone.status)
      expect([...around.headers]).toEqual([...alone.headers])
      expect(await around.text()).toBe(await alone.text())
    }
  })

  it('say in words that there is nothing at an address, to a person who looks', async () => {
    const response = await servePages(api, [home]).request('/nothing', asPerson)
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('There is no page at this address')
  })

  it('say in words that they are not installed', async () => {
    const response = await servePages(api, []).request('/welcome', asPerson)
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('breakglass login takes the link')
  })

  it('are found where they are installed, and missed without a failure where they are not', async () => {
    const pages = await loadPages(pagesDirectory() ?? '')
    expect(pages.map(page => page.path)).toEqual(expect.arrayContaining(['/', '/welcome']))
    const missing = () => {
      throw new Error('ERR_MODULE_NOT_FOUND')
    }
    expect(pagesDirectory(missing)).toBeUndefined()
  })

  it.each([
    ['no list', {}],
    ['a list that is not JSON', { 'pages.json': '[' }],
    ['a file that is not there', { 'pages.json': '[{"path":"/","file":"a.html","type":"text/html"}]' }],
    ['a file elsewhere', { 'pages.json': '[{"path":"/","file":"../a.html","type":"text/html"}]' }],
    ['an unknown member', { 'pages.json': '[{"path":"/","file":"pages.json","type":"text/html","run":true}]' }],
  ])('are refused from a directory with %s', async (_, files: Record<string, string>) => {
    await expect(loadPages(await directoryWith(files))).rejects.toMatchObject({ code: 'usage' })
  })
})
