import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatId } from '@breakglass/core/ids'
import { checkLedger, initLedger, type Ledger, openLedger } from '@breakglass/ledger'
import { encodeUtf8, leafHash, parseTlogProof, signerFromSeed } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import type { LedgerClient } from '../ledger-client/ledger-client.ts'
import type { Store } from '../store/store.ts'
import { type NowLogged, outboxBatchMax, sendOutbox } from './outbox.ts'
import { recordStatement } from './record.ts'

let drawn = 0
const random = () => Uint8Array.from({ length: 16 }, (_, at) => (at === 15 ? drawn & 255 : at === 14 ? drawn >> 8 : 1))
const newId = (kind: 'statement' | 'person' | 'organization') => {
  drawn++
  return formatId(kind, random())
}
const issuer = { organization: newId('organization'), signer: signerFromSeed(new Uint8Array(32).fill(7)) }
const by = newId('person')
const nowMs = () => 1_800_000_000_000

eachEngine('the outbox', makeStore => {
  let store: Store
  let home: string
  let ledger: Ledger
  let client: LedgerClient
  beforeAll(async () => {
    store = await makeStore()
    home = await mkdtemp(join(tmpdir(), 'breakglass-outbox-'))
    const { dir } = await initLedger({ dir: join(home, 'ledger'), now: Date.now })
    ledger = await openLedger({ dir, now: Date.now })
    client = {
      append: statements => ledger.append(statements.map(encodeUtf8)),
      find: async statement => ledger.proofFor(leafHash(statement)),
      head: async () => ({ origin: 'unused', size: ledger.checkpoint().size, checkpoint: '' }),
      consistency: async (from, to) => ledger.consistency(from, to).proof,
      clockMs: async () => Date.now(),
    }
  })
  afterAll(async () => {
    await ledger.close()
    await rm(home, { recursive: true, force: true })
  })

  const record = (subject: string) =>
    store.transact(tx =>
      recordStatement(tx, issuer, {
        kind: 'identity.ended',
        sid: newId('statement'),
        subject,
        body: { by },
        atMs: nowMs(),
      }),
    )
  const rowOf = (sid: string) =>
    store.read(rx => rx.db.selectFrom('statement').selectAll().where('sid', '=', sid).executeTakeFirstOrThrow())
  const send = (given: Partial<Parameters<typeof sendOutbox>[0]> = {}) =>
    sendOutbox({ store, ledger: client, onLogged: async () => {}, nowMs, ...given })
  const sound = () => expect(checkLedger(join(home, 'ledger')).faults).toEqual([])

  it('logs a chain in its order, and says so in the transaction that stores the proofs', async () => {
    const subject = newId('person')
    const recorded = [await record(subject), await record(subject), await record(subject)]
    const seen: NowLogged[] = []
    expect(await send({ onLogged: async (_, logged) => void seen.push(...logged) })).toBe(3)
    expect(seen.map(one => one.sid)).toEqual(recorded.map(one => one.sid))
    expect(seen.map(one => one.index)).toEqual([0, 1, 2])
    const { proof } = await rowOf(recorded[2]?.sid ?? '')
    expect(parseTlogProof(proof ?? '').ok).toBe(true)
    expect(await send()).toBe(0)
    sound()
  })

  it('keeps everything while the ledger is down, and sends it later as it was signed', async () => {
    const { sid, jws } = await record(newId('person'))
    const down: LedgerClient = { ...client, append: () => Promise.reject(new Error('down')) }
    await expect(send({ ledger: down })).rejects.toThrow('down')
    expect(await rowOf(sid)).toMatchObject({ ledger_index: null, proof: null, jws })
    expect(await send()).toBe(1)
    expect((await rowOf(sid)).ledger_index).toBeTypeOf('number')
    sound()
  })

  it('gets the same place again when the ledger took it and the answer was lost', async () => {
    const { sid } = await record(newId('person'))
    let taken: number | undefined
    const losing: LedgerClient = {
      ...client,
      append: async statements => {
        taken = (await client.append(statements))[0]?.index
        throw new Error('lost')
      },
    }
    await expect(send({ ledger: losing })).rejects.toThrow('lost')
    await send()
    expect((await rowOf(sid)).ledger_index).toBe(taken)
    sound()
  })

  it('stores a place once when two passes run at the same time', async () => {
    const subject = newId('person')
    await record(subject)
    const seen: NowLogged[] = []
    const onLogged = async (_: unknown, logged: readonly NowLogged[]) => void seen.push(...logged)
    await Promise.all([send({ onLogged }), send({ onLogged })])
    const row = await store.read(rx =>
      rx.db.selectFrom('statement').selectAll().where('subject', '=', subject).executeTakeFirstOrThrow(),
    )
    expect(new Set(seen.filter(one => one.subject === subject).map(one => one.index))).toEqual(
      new Set([row.ledger_index]),
    )
    sound()
  })

  it('stores no proof when what follows from it fails, and tries again', async () => {
    const { sid } = await record(newId('person'))
    const failing = async () => {
      throw new Error('afterwards')
    }
    await expect(send({ onLogged: failing })).rejects.toThrow('afterwards')
    expect((await rowOf(sid)).ledger_index).toBeNull()
    await send()
    expect((await rowOf(sid)).ledger_index).not.toBeNull()
    sound()
  })

  it('never sends what is withheld', async () => {
    const { sid, jws } = await record(newId('person'))
    await store.transact(tx =>
      tx.db.updateTable('statement').set({ withheld_at: nowMs() }).where('sid', '=', sid).execute(),
    )
    expect(await send()).toBe(0)
    expect(ledger.checkpoint().size).toBeGreaterThan(0)
    await expect(Promise.resolve(client.find(jws))).resolves.toBeUndefined()
  })

  it('sends no more at once than the ledger takes', async () => {
    const subjects = Array.from({ length: outboxBatchMax + 3 }, () => newId('person'))
    await store.transact(async tx => {
      for (const subject of subjects) {
        await recordStatement(tx, issuer, {
          kind: 'identity.ended',
          sid: newId('statement'),
          subject,
          body: { by },
          atMs: nowMs(),
        })
      }
    })
    expect([await send(), await send(), await send()]).toEqual([outboxBatchMax, 3, 0])
    sound()
  })
})
