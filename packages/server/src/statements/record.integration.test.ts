import { formatId } from '@breakglass/core/ids'
import { leafHash, parseStatement, signerFromSeed, verifyEd25519 } from '@breakglass/verify'
import { beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import type { Store } from '../store/store.ts'
import { recordStatement } from './record.ts'

const seeded = (seed: number) => new Uint8Array(16).fill(seed)
const signer = signerFromSeed(new Uint8Array(32).fill(7))
const issuer = { organization: formatId('organization', seeded(1)), signer }
const person = formatId('person', seeded(2))
const atMs = Date.UTC(2026, 10, 23, 3, 4, 5)
let drawn = 10
const newSid = () => formatId('statement', seeded(drawn++))

eachEngine('recordStatement', makeStore => {
  let store: Store
  beforeAll(async () => {
    store = await makeStore()
  })
  const record = (subject: string) =>
    store.transact(tx =>
      recordStatement(tx, issuer, { kind: 'identity.ended', sid: newSid(), subject, body: { by: person }, atMs }),
    )

  it('signs what a stranger can read, and chains it to the subject', async () => {
    const subject = formatId('person', seeded(3))
    const [first, second] = [await record(subject), await record(subject)]
    expect([first.seq, second.seq]).toEqual([1, 2])
    const parsed = parseStatement(second.jws)
    expect(parsed.ok && parsed.value.envelope).toMatchObject({
      subject,
      seq: 2,
      prev: first.leaf,
      at: '2026-11-23T03:04:05.000Z',
    })
    expect(leafHash(second.jws)).toBe(second.leaf)
    const [header = '', payload = '', signature = ''] = second.jws.split('.')
    expect(
      verifyEd25519(signer.publicKey, Buffer.from(`${header}.${payload}`), Buffer.from(signature, 'base64url')),
    ).toBe(true)
  })

  it('leaves it in the outbox, and wakes who waits for that after the commit', async () => {
    let woken = 0
    const stop = store.on('outbox', () => woken++)
    const { sid } = await record(formatId('person', seeded(4)))
    stop()
    expect(woken).toBe(1)
    const row = await store.read(rx =>
      rx.db.selectFrom('statement').selectAll().where('sid', '=', sid).executeTakeFirstOrThrow(),
    )
    expect(row).toMatchObject({ ledger_index: null, proof: null, withheld_at: null })
  })

  it('lets two at once continue one chain without a gap or a fork', async () => {
    const subject = formatId('person', seeded(5))
    const recorded = await Promise.all([1, 2, 3, 4].map(() => record(subject)))
    expect(recorded.map(one => one.seq).toSorted()).toEqual([1, 2, 3, 4])
    const rows = await store.read(rx =>
      rx.db
        .selectFrom('statement')
        .select(['seq', 'prev', 'leaf'])
        .where('subject', '=', subject)
        .orderBy('seq')
        .execute(),
    )
    for (const [at, row] of rows.entries()) expect(row.prev).toBe(rows[at - 1]?.leaf ?? null)
  })

  it('writes nothing when the transaction fails', async () => {
    const subject = formatId('person', seeded(6))
    const failing = store.transact(async tx => {
      await recordStatement(tx, issuer, { kind: 'identity.ended', sid: newSid(), subject, body: { by: person }, atMs })
      throw new Error('afterwards')
    })
    await expect(failing).rejects.toThrow('afterwards')
    expect((await record(subject)).seq).toBe(1)
  })

  it('refuses a body of another form, and a kind said of another thing', async () => {
    const subject = formatId('person', seeded(8))
    // Casts, because the types refuse what this test is about.
    const named = { by: person, name: 'Ana' } as unknown as { by: string }
    await expect(
      store.transact(tx =>
        recordStatement(tx, issuer, { kind: 'identity.ended', sid: newSid(), subject, body: named, atMs }),
      ),
    ).rejects.toThrow(/invariant/)
    const grant = formatId('grant', seeded(8))
    await expect(record(grant)).rejects.toThrow(/invariant/)
    const granted = {} as never
    await expect(
      store.transact(tx =>
        recordStatement(tx, issuer, { kind: 'glass.granted', sid: newSid(), subject: grant, body: granted, atMs }),
      ),
    ).rejects.toThrow(/invariant/)
  })
})
