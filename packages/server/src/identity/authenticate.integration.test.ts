import { beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import type { TokenTable } from '../store/tables/people.ts'
import type { Store } from '../store/store.ts'
import { authenticate } from './authenticate.ts'
import { formatSecret, hashOfSecret, type SecretKind } from './secret.ts'

const nowMs = 1_800_000_000_000
const secretOf = (kind: SecretKind, seed: number) => formatSecret(kind, new Uint8Array(32).fill(seed))
const token = (id: string, secret: string, given: Partial<TokenTable>): TokenTable => ({
  id,
  hash: hashOfSecret(secret),
  kind: 'person',
  person_id: null,
  point_id: null,
  gate: null,
  repository_key: null,
  name: id,
  created_at: nowMs - 1000,
  expires_at: nowMs + 1000,
  ended_at: null,
  last_used_at: null,
  ...given,
})

eachEngine('authenticate', makeStore => {
  let store: Store
  beforeAll(async () => {
    store = await makeStore()
    await store.transact(async tx => {
      for (const [id, state] of [
        ['p_ana', 'active'],
        ['p_gone', 'ended'],
      ] as const) {
        const ended_at = state === 'ended' ? nowMs : null
        await tx.db
          .insertInto('person')
          .values({ id, kind: 'human', state, name_commit: 'sha256:0', created_at: nowMs, ended_at })
          .execute()
      }
      await tx.db.insertInto('person_role').values({ person_id: 'p_ana', role: 'auditor', since_at: nowMs }).execute()
      await tx.db
        .insertInto('repository')
        .values({
          key: 'git/h/r',
          forge: 'git',
          host: 'h',
          id: 'r',
          name: 'acme/pay',
          properties: '{}',
          registered_at: nowMs,
        })
        .execute()
      const rows = [
        token('tk_ana', secretOf('person', 1), { person_id: 'p_ana' }),
        token('tk_gone', secretOf('person', 2), { person_id: 'p_gone' }),
        token('tk_ended', secretOf('person', 3), { person_id: 'p_ana', ended_at: nowMs }),
        token('tk_ci', secretOf('reporter', 4), { kind: 'reporter', gate: 'pay/smoke', repository_key: 'git/h/r' }),
      ]
      for (const row of rows) await tx.db.insertInto('token').values(row).execute()
    })
  })

  it('knows a person and their roles', async () => {
    expect(await authenticate(store, secretOf('person', 1), nowMs)).toEqual({
      kind: 'person',
      tokenId: 'tk_ana',
      person: 'p_ana',
      roles: ['auditor'],
    })
  })

  it('knows a reporter by its one gate and repository', async () => {
    expect(await authenticate(store, secretOf('reporter', 4), nowMs)).toEqual({
      kind: 'reporter',
      tokenId: 'tk_ci',
      gate: 'pay/smoke',
      repositoryKey: 'git/h/r',
    })
  })

  it('gives nothing for a secret it never issued, an invitation, or a secret that claims another kind', async () => {
    expect(await authenticate(store, secretOf('person', 9), nowMs)).toBeUndefined()
    expect(await authenticate(store, secretOf('invitation', 1), nowMs)).toBeUndefined()
    expect(await authenticate(store, secretOf('point', 1), nowMs)).toBeUndefined()
    expect(await authenticate(store, '\u0000', nowMs)).toBeUndefined()
  })

  it('refuses from the very millisecond it expires, and not before', async () => {
    await expect(authenticate(store, secretOf('person', 1), nowMs + 999)).resolves.toBeDefined()
    await expect(authenticate(store, secretOf('person', 1), nowMs + 1000)).rejects.toMatchObject({
      code: 'token_expired',
    })
  })

  it('refuses an ended token, and any token of an ended person', async () => {
    await expect(authenticate(store, secretOf('person', 3), nowMs)).rejects.toMatchObject({ code: 'token_expired' })
    await expect(authenticate(store, secretOf('person', 2), nowMs)).rejects.toMatchObject({ code: 'token_expired' })
  })
})
