import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ledger, initLedger, openLedger, type ServedLedger, serveLedger } from '@breakglass/ledger'
import { leafHash, parseTrustPolicy, type TrustPolicy } from '@breakglass/verify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLedgerClient, type LedgerClientOptions } from './ledger-client.ts'

const now = () => Date.now()
const policyOf = (vkey: string): TrustPolicy => {
  const parsed = parseTrustPolicy(`log ${vkey}\nquorum none\n`)
  if (!parsed.ok) throw new Error('the policy is sound')
  return parsed.value
}

describe('the ledger client, against a real ledger', () => {
  let home: string
  let ledger: Ledger
  let served: ServedLedger
  let options: LedgerClientOptions
  let reader: string

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'breakglass-client-'))
    const made = await initLedger({ dir: join(home, 'a'), now })
    const other = await initLedger({ dir: join(home, 'b'), now })
    expect(other.vkey).not.toBe(made.vkey)
    ledger = await openLedger({ dir: made.dir, now })
    served = await serveLedger(ledger, { now })
    const secretOf = (name: string) => made.credentials.find(credential => credential.name === name)?.secret ?? ''
    reader = secretOf('reader')
    options = { url: served.url, secret: secretOf('server'), policy: policyOf(made.vkey), fetch }
    strange = policyOf(other.vkey)
  })
  let strange: TrustPolicy
  afterAll(async () => {
    await served.close()
    await ledger.close()
    await rm(home, { recursive: true, force: true })
  })

  const unavailable = { code: 'ledger_unavailable' }
  /** A ledger whose answers pass through `change` on their way. */
  const lying = (change: (text: string) => string) =>
    createLedgerClient({
      ...options,
      fetch: async (url, init) => {
        const response = await fetch(url, init)
        return new Response(change(await response.text()), { status: response.status })
      },
    })

  it('has each statement logged in the order given, and the same one at the same index', async () => {
    const client = createLedgerClient(options)
    const first = await client.append(['one', 'two'])
    expect(first.map(entry => entry.leaf)).toEqual([leafHash('one'), leafHash('two')])
    const again = await client.append(['two', 'three', 'one'])
    expect(again.map(entry => entry.index)).toEqual([first[1]?.index, 2, first[0]?.index])
  })

  it('tells a statement that is there from one that is not', async () => {
    const client = createLedgerClient(options)
    const [entry] = await client.append(['here'])
    expect((await client.find('here'))?.index).toBe(entry?.index)
    expect(await client.find('never sent')).toBeUndefined()
  })

  it('believes no proof of another statement, of another index, or altered', async () => {
    await createLedgerClient(options).append(['mine', 'not mine'])
    const swapped = lying(text => {
      const { entries } = JSON.parse(text)
      return JSON.stringify({ entries: [{ ...entries[1], leaf: entries[0].leaf }, entries[1]] })
    })
    await expect(swapped.append(['mine', 'not mine'])).rejects.toMatchObject(unavailable)
    const moved = lying(text => text.replace(/"index":(\d+)/, (_, index) => `"index":${Number(index) + 1}`))
    await expect(moved.append(['mine'])).rejects.toMatchObject(unavailable)
    const short = lying(() => '{"entries":[]}')
    await expect(short.append(['mine'])).rejects.toMatchObject(unavailable)
  })

  it('believes no log but the pinned one', async () => {
    const client = createLedgerClient({ ...options, policy: strange })
    await expect(client.append(['mine'])).rejects.toMatchObject({
      ...unavailable,
      data: { unbelievable: expect.any(String) },
    })
  })

  it("takes only the ledger's own word for absence", async () => {
    await expect(lying(() => '{"error":{"code":"not_found"}}').find('absent')).rejects.toMatchObject(unavailable)
    await expect(lying(() => '<html>').find('absent')).rejects.toMatchObject(unavailable)
  })

  it('says unavailable when it may not append, cannot reach, or waits too long', async () => {
    await expect(createLedgerClient({ ...options, secret: reader }).append(['x'])).rejects.toMatchObject(unavailable)
    await expect(createLedgerClient({ ...options, url: 'http://127.0.0.1:1' }).append(['x'])).rejects.toMatchObject(
      unavailable,
    )
    const never: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      })
    await expect(createLedgerClient({ ...options, fetch: never, timeoutMs: 20 }).append(['x'])).rejects.toMatchObject(
      unavailable,
    )
  })
})
