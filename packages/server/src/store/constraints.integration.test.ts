import { type GrantState, grantStates } from '@breakglass/core/grant'
import type { Insertable } from 'kysely'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import type { GlassTable } from './tables/glass.ts'
import type { StatementTable } from './tables/statements.ts'
import type { Store, Tx } from './store.ts'

const openStates: GrantState[] = ['requested', 'waiting', 'granted', 'live']

/** What the tables refuse by themselves, whatever a command believed. */
eachEngine('the tables', makeStore => {
  let store: Store
  beforeAll(async () => {
    store = await makeStore()
    await store.transact(async tx => {
      const person = { kind: 'human', state: 'active', name_commit: 'c', created_at: 1 } as const
      await tx.db
        .insertInto('person')
        .values({ id: 'p_1', ...person })
        .execute()
      const repository = {
        forge: 'git',
        host: 'h',
        id: 'r_1',
        name: 'acme/payments',
        properties: '{}',
        registered_at: 1,
      }
      await tx.db
        .insertInto('repository')
        .values({ key: 'git/h/r_1', ...repository })
        .execute()
    })
  })
  beforeEach(() =>
    store.transact(async tx => {
      for (const table of ['glass', 'statement', 'token', 'sealed_text', 'program_version', 'alarm'] as const) {
        await tx.db.deleteFrom(table).execute()
      }
    }),
  )

  let ids = 0
  const glass = (change: Partial<Insertable<GlassTable>> = {}): Insertable<GlassTable> => ({
    id: `g_${ids++}`,
    request_id: 'rq_1',
    state: 'requested',
    gate: 'payments/smoke',
    boundary: 'merge',
    class: 'quality',
    repository_key: 'git/h/r_1',
    change_key: 'commit:sha1:1',
    change: '{}',
    at_point: 'pt_1',
    mode: 'online',
    actor: 'p_1',
    second_person: 'not_needed',
    approvers: '[]',
    may_approve: '[]',
    justification_commit: 'c',
    ttl_seconds: 60,
    uses: 1,
    program_digest: 'd',
    keeps: '[]',
    authors: '[]',
    reasons_digest: 'd',
    requested_at: 1,
    told: '[]',
    ...change,
  })
  const open = (change?: Partial<Insertable<GlassTable>>) =>
    store.transact(tx => tx.db.insertInto('glass').values(glass(change)).execute())
  const conflict = { code: 'conflict', data: { kind: 'unique' } }

  it.each(openStates)('refuse a second open grant for the same gate, change and point while one is %s', async state => {
    await open({ state })
    await expect(open()).rejects.toMatchObject(conflict)
    for (const other of [{ gate: 'b' }, { change_key: 'commit:sha1:2' }, { at_point: 'pt_2' }]) await open(other)
  })

  it.each(grantStates.filter(state => !openStates.includes(state)))(
    'take the next grant once the earlier one is %s',
    async state => {
      await open({ state })
      await open()
    },
  )

  it('let one of two people at one moment open, and show the other whose it is', async () => {
    const request = (id: string) =>
      store.transact(async tx => {
        const row = await tx.db
          .selectFrom('glass')
          .select('id')
          .where('state', 'in', ['requested', 'live'])
          .executeTakeFirst()
        if (row) return row.id
        await tx.db.insertInto('glass').values(glass({ id })).execute()
        return id
      })
    const [first, second] = await Promise.all([request('g_a'), request('g_b')])
    expect(first).toBe(second)
  })

  it('count no more uses than were granted', async () => {
    await open({ id: 'g_use', state: 'live', uses: 1 })
    const use = () =>
      store.transact(tx =>
        tx.db
          .updateTable('glass')
          .set(eb => ({ used: eb('used', '+', 1) }))
          .where('id', '=', 'g_use')
          .execute(),
      )
    await use()
    await expect(use()).rejects.toThrow(/check/i)
  })

  const statement = (change: Partial<Insertable<StatementTable>>): Insertable<StatementTable> => {
    const id = ids++
    return {
      sid: `s_${id}`,
      leaf: `l_${id}`,
      subject: 'g_1',
      seq: 1,
      kind: 'k',
      at: 1,
      jws: 'j',
      created_at: 1,
      ...change,
    }
  }
  const write = (tx: Tx, change: Partial<Insertable<StatementTable>>) =>
    tx.db.insertInto('statement').values(statement(change)).execute()

  it('keep a subject’s statements one chain', async () => {
    await store.transact(async tx => (await write(tx, { seq: 1 }), await write(tx, { seq: 2, prev: 'l' })))
    await expect(store.transact(tx => write(tx, { seq: 2, prev: 'x' }))).rejects.toMatchObject(conflict)
    await expect(store.transact(tx => write(tx, { seq: 3 }))).rejects.toThrow(/check/i)
    await expect(store.transact(tx => write(tx, { subject: 'g_2', seq: 1, prev: 'x' }))).rejects.toThrow(/check/i)
  })

  it('take a ledger index only with its proof, once, and never for a statement that is withheld', async () => {
    const logged = { proof: 'p', logged_at: 1 }
    await store.transact(tx => write(tx, { subject: 'a', ledger_index: 0, ...logged }))
    await expect(store.transact(tx => write(tx, { subject: 'b', ledger_index: 0, ...logged }))).rejects.toMatchObject(
      conflict,
    )
    await expect(store.transact(tx => write(tx, { subject: 'c', ledger_index: 1 }))).rejects.toThrow(/check/i)
    const withheld = store.transact(tx => write(tx, { subject: 'd', ledger_index: 2, ...logged, withheld_at: 1 }))
    await expect(withheld).rejects.toThrow(/check/i)
  })

  it('erase the salt with the text, or neither', async () => {
    const seal = (row: { commitment: string; salt?: string; text?: string; erased_at?: number }) =>
      store.transact(tx =>
        tx.db
          .insertInto('sealed_text')
          .values({ created_at: 1, ...row })
          .execute(),
      )
    await seal({ commitment: 'a', salt: 's', text: '' })
    await seal({ commitment: 'b', erased_at: 2 })
    await expect(seal({ commitment: 'c', salt: 's', erased_at: 2 })).rejects.toThrow(/check/i)
    await expect(seal({ commitment: 'd', salt: 's', text: 't', erased_at: 2 })).rejects.toThrow(/check/i)
    await expect(seal({ commitment: 'e' })).rejects.toThrow(/check/i)
  })

  it('bind a credential to what its kind is for', async () => {
    const token = { name: 'n', created_at: 1, expires_at: 2 }
    const issue = (row: {
      id: string
      kind: 'person' | 'reporter' | 'point'
      person_id?: string
      gate?: string
      repository_key?: string
    }) =>
      store.transact(tx =>
        tx.db
          .insertInto('token')
          .values({ hash: row.id, ...token, ...row })
          .execute(),
      )
    await issue({ id: 'tk_1', kind: 'person', person_id: 'p_1' })
    await issue({ id: 'tk_2', kind: 'reporter', gate: 'g', repository_key: 'git/h/r_1' })
    await expect(issue({ id: 'tk_3', kind: 'person' })).rejects.toThrow(/check/i)
    await expect(issue({ id: 'tk_4', kind: 'reporter', gate: 'g' })).rejects.toThrow(/check/i)
    await expect(issue({ id: 'tk_5', kind: 'point', person_id: 'p_1' })).rejects.toThrow(/check/i)
  })

  it('have one program in force, and one alarm of a kind open', async () => {
    const publish = (id: string, state: 'in_force' | 'superseded', digest = id) =>
      store.transact(tx =>
        tx.db
          .insertInto('program_version')
          .values({
            id,
            program_id: 'pg_1',
            digest,
            resolved_digest: 'r',
            state,
            class: 'first',
            changes: '[]',
            publisher: 'p_1',
            approvers: '[]',
            approvals_needed: 0,
            proposed_at: 1,
            earliest_at: 1,
          })
          .execute(),
      )
    await publish('a', 'in_force')
    await expect(publish('b', 'in_force')).rejects.toMatchObject(conflict)
    await publish('c', 'superseded', 'a')
    const alarm = (id: string, ended_at: number | null = null) =>
      store.transact(tx =>
        tx.db
          .insertInto('alarm')
          .values({ id, kind: 'drift', key: 'pt_1', words: '', since_at: 1, ended_at })
          .execute(),
      )
    await alarm('al_1')
    await expect(alarm('al_2')).rejects.toMatchObject(conflict)
    await alarm('al_3', 5)
  })
})
