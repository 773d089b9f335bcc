import { beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import type { Store } from '../store/store.ts'
import { resultsOf } from './results.ts'

type Result = 'pass' | 'fail' | 'could_not_run'

eachEngine('results', makeStore => {
  let store: Store
  let drawn = 0
  beforeAll(async () => {
    store = await makeStore()
    await store.transact(async tx => {
      const where = { forge: 'git', host: 'h', id: 'r', name: 'acme/pay' }
      await tx.db
        .insertInto('repository')
        .values({ key: 'r', ...where, properties: '{}', registered_at: 1 })
        .execute()
      const credential = { hash: 'h', person_id: null, point_id: null, name: 'ci', created_at: 1, expires_at: 9 }
      await tx.db
        .insertInto('token')
        .values({
          id: 'tk',
          kind: 'reporter',
          gate: 'g',
          repository_key: 'r',
          ...credential,
          ended_at: null,
          last_used_at: null,
        })
        .execute()
      const point = { name: 'ci', enforcement: 'cooperative', repository_key: 'r', public_key: 'k', kid: 'k' } as const
      await tx.db
        .insertInto('point')
        .values({
          id: 'pt',
          kind: 'ci',
          ...point,
          event_prev: null,
          registered_at: 1,
          last_seen_at: null,
          ended_at: null,
        })
        .execute()
    })
  })

  /** What stands after these results, in this order; a `~` says that an enforcement point ran it itself. */
  async function standing(...told: (Result | `~${Result}`)[]): Promise<Result | undefined> {
    const change_key = `change ${drawn++}`
    await store.transact(async tx => {
      for (const [at, one] of told.entries()) {
        const common = { gate: 'g', repository_key: 'r', change_key, since_at: at, at, took_ms: null }
        const result = one.replace('~', '') as Result // the other half of the union
        if (one.startsWith('~')) {
          const row = { leaf: `${change_key} ${at}`, point_id: 'pt', ...common, result, run: null }
          await tx.db.insertInto('point_result').values(row).execute()
        } else {
          const receipt = { reporter: 'tk', run: '1', receipt_jws: 'x', expires_at: 99 }
          const row = { id: `${change_key} ${at}`, ...common, result, ...receipt }
          await tx.db.insertInto('result').values(row).execute()
        }
      }
    })
    const results = await store.read(rx => resultsOf(rx, { repositoryKey: 'r', changeKey: change_key }))
    return results['g']?.result
  }

  it('are the newest', async () => {
    expect(await standing()).toBeUndefined()
    expect(await standing('fail', 'pass')).toBe('pass')
    expect(await standing('pass', 'fail')).toBe('fail')
    expect(await standing('pass', 'could_not_run')).toBe('could_not_run')
    expect(await standing('~could_not_run')).toBe('could_not_run')
  })

  it('stay failed when a gate that failed cannot run afterwards, whoever says so', async () => {
    expect(await standing('fail', 'could_not_run')).toBe('fail')
    expect(await standing('fail', '~could_not_run')).toBe('fail')
    expect(await standing('pass', '~fail', '~could_not_run')).toBe('fail')
    expect(await standing('fail', 'could_not_run', 'pass', 'could_not_run')).toBe('could_not_run')
  })
})
