import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ledger, initLedger, openLedger, type ServedLedger, serveLedger } from '@breakglass/ledger'
import { checkConsistency, leafHash, openCheckpoint, parseTrustPolicy, type TrustPolicy } from '@breakglass/verify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cosignedProof, witnessLines } from '../testing/witnesses.ts'
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
  let vkey: string
  const parseCheckpointOf = (note: string) => {
    const opened = openCheckpoint(note, options.policy)
    if (!opened.ok) throw new Error('expected a checkpoint of the log')
    return opened.value
  }

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'breakglass-client-'))
    const made = await initLedger({ dir: join(home, 'a'), now })
    const other = await initLedger({ dir: join(home, 'b'), now })
    expect(other.vkey).not.toBe(made.vkey)
    vkey = made.vkey
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

  it('believes no proof without the quorum of witnesses that the policy names', async () => {
    const parsed = parseTrustPolicy(`log ${vkey}\n${witnessLines}`)
    if (!parsed.ok) throw new Error('the policy is sound')
    const timeSeconds = Math.floor(Date.now() / 1000)
    const cosigned = (count: number): LedgerClientOptions => ({
      ...options,
      policy: parsed.value,
      fetch: async (url, init) => {
        const { entries } = (await (await fetch(url, init)).json()) as { entries: { proof: string }[] }
        const proved = entries.map(one => ({ ...one, proof: cosignedProof(one.proof, { count, timeSeconds }) }))
        return Response.json({ entries: proved })
      },
    })
    for (const count of [0, 1]) {
      await expect(createLedgerClient(cosigned(count)).append(['watched'])).rejects.toMatchObject({
        ...unavailable,
        message: expect.stringContaining('Nothing was opened'),
      })
    }
    expect(await createLedgerClient(cosigned(2)).append(['watched'])).toHaveLength(1)
    await expect(createLedgerClient({ ...options, policy: parsed.value }).head()).rejects.toMatchObject(unavailable)
  })

  it('passes on a proof that one tree continues another, between the sizes that were asked alone', async () => {
    const client = createLedgerClient(options)
    await client.append(['some', 'more', 'entries'])
    const from = parseCheckpointOf((await client.head()).checkpoint)
    await client.append(['and', 'others'])
    const to = parseCheckpointOf((await client.head()).checkpoint)
    const proof = await client.consistency(from.size, to.size)
    expect(checkConsistency(from.size, to.size, proof, from.root, to.root)).toBe(true)
    const swapped = lying(text => text.replace(`"to":${to.size}`, `"to":${to.size - 1}`))
    await expect(swapped.consistency(from.size, to.size)).rejects.toMatchObject(unavailable)
    await expect(client.consistency(from.size, to.size + 1)).rejects.toMatchObject(unavailable)
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
