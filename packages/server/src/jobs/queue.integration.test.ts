import { beforeAll, beforeEach, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import type { Store } from '../store/store.ts'
import {
  type ClaimedJob,
  cancelJob,
  claimJobs,
  completeJob,
  enqueue,
  errorLengthMax,
  failJob,
  type JobRequest,
  listFailedJobs,
  nextJobAt,
  pruneDoneJobs,
  repeatJob,
} from './queue.ts'

let ids = 0

eachEngine('the job table', (makeStore, { engine, makeDatabase }) => {
  let now = 0
  let store: Store
  beforeAll(async () => {
    store = await makeStore({ clock: () => now })
  })
  beforeEach(async () => {
    now = 1_000_000
    await store.transact(async tx => void (await tx.db.deleteFrom('job').execute()))
  })

  const ask = (request: Partial<JobRequest> = {}) =>
    store.transact(tx => enqueue(tx, { id: `jb_${ids++}`, kind: 'expire', key: 'g_1', runAt: now, ...request }))
  const claim = (limit = 10, owner = 'me') => claimJobs(store, { kinds: ['expire'], limit, leaseMs: 1000, owner })
  const claimOne = async (): Promise<ClaimedJob> => {
    const [job] = await claim(1)
    return job ?? expect.fail('nothing was claimed')
  }
  const rows = () => store.read(rx => rx.db.selectFrom('job').selectAll().orderBy('id').execute())

  it('gives a job when it is due, to one worker, until it is done', async () => {
    await ask({ runAt: now + 500, payload: '{"a":1}' })
    expect(await claim()).toEqual([])
    now += 500
    const job = await claimOne()
    expect(job).toMatchObject({ kind: 'expire', key: 'g_1', payload: '{"a":1}', tries: 1, leasedUntil: now + 1000 })
    expect(await claim()).toEqual([])
    expect(await store.transact(tx => completeJob(tx, job))).toBe(true)
    now += 10_000
    expect(await claim()).toEqual([])
    expect(await rows()).toMatchObject([{ done_at: expect.any(Number), leased_until: null, lease_owner: null }])
  })

  it('vanishes with the transaction that asked for it', async () => {
    const failed = store.transact(async tx => {
      await enqueue(tx, { id: 'jb_x', kind: 'expire', key: 'g_1', runAt: now })
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(await claim()).toEqual([])
  })

  it('gives the oldest first, no more than asked for, and only the kinds asked for', async () => {
    for (const [key, runAt] of [
      ['c', now - 1],
      ['a', now - 3],
      ['b', now - 2],
    ] as const)
      await ask({ key, runAt })
    await ask({ kind: 'other', key: 'a', runAt: now - 9 })
    expect((await claim(2)).map(job => job.key)).toEqual(['a', 'b'])
    expect((await claim(2)).map(job => job.key)).toEqual(['c'])
  })

  it('shares due jobs among workers at the same moment without giving one twice', async () => {
    for (let index = 0; index < 40; index++) await ask({ key: `k${index}` })
    const shares = await Promise.all(Array.from({ length: 8 }, (_, worker) => claim(10, `worker ${worker}`)))
    const keys = shares.flat().map(job => job.key)
    // skip locked may leave some for the next turn, but none may come twice.
    for (let more = await claim(40); more.length > 0; more = await claim(40)) keys.push(...more.map(job => job.key))
    expect(keys.sort()).toEqual(Array.from({ length: 40 }, (_, index) => `k${index}`).sort())
  })

  it('fences off a slow worker whose lease ran out and whose job is another one’s', async () => {
    await ask()
    const slow = await claimOne()
    now += 1001
    const quick = await claimOne()
    expect(quick).toMatchObject({ id: slow.id, tries: 2 })
    expect(await store.transact(tx => completeJob(tx, slow))).toBe(false)
    expect(await store.transact(tx => failJob(tx, slow, 'late', 0))).toBe(false)
    expect(await store.transact(tx => repeatJob(tx, slow, now))).toBe(false)
    expect(await rows()).toMatchObject([{ done_at: null, lease_owner: 'me', last_error: null }])
    expect(await store.transact(tx => completeJob(tx, quick))).toBe(true)
    expect(await store.transact(tx => completeJob(tx, quick))).toBe(false)
  })

  it('keeps one open job per kind and key, at the sooner time unless told otherwise', async () => {
    const runAt = async () => (await rows()).map(row => [row.run_at, row.payload])
    await ask({ runAt: now + 500, payload: 'first' })
    await ask({ runAt: now + 900, payload: 'later' })
    expect(await runAt()).toEqual([[now + 500, 'first']])
    await ask({ runAt: now + 100, payload: 'sooner' })
    expect(await runAt()).toEqual([[now + 100, 'first']])
    await ask({ runAt: now + 50, payload: 'kept', ifOpen: 'keep' })
    expect(await runAt()).toEqual([[now + 100, 'first']])
    await ask({ runAt: now + 800, payload: 'replaced', ifOpen: 'replace' })
    expect(await runAt()).toEqual([[now + 800, 'replaced']])
  })

  it('makes a new job once the earlier one is done', async () => {
    await ask()
    const job = await claimOne()
    await store.transact(tx => completeJob(tx, job))
    await ask()
    expect((await claimOne()).id).not.toBe(job.id)
  })

  it('runs once more when it was asked for while it ran, and no more than that', async () => {
    await ask()
    const first = await claimOne()
    await ask({ runAt: now + 5 })
    expect(await store.transact(tx => completeJob(tx, first))).toBe(true)
    const second = await claimOne()
    expect(second).toMatchObject({ id: first.id, tries: 1 })
    await ask({ ifOpen: 'keep' })
    expect(await store.transact(tx => completeJob(tx, second))).toBe(true)
    expect(await claim()).toEqual([])
  })

  it('repeats at the time the worker names, with a new round of tries', async () => {
    await ask({ attemptsMax: 2 })
    for (let round = 0; round < 5; round++) {
      const job = await claimOne()
      expect(job.tries).toBe(1)
      expect(await store.transact(tx => repeatJob(tx, job, now + 100))).toBe(true)
      expect(await claim()).toEqual([])
      now += 100
    }
    const job = await claimOne()
    await ask({ runAt: now + 1 })
    await store.transact(tx => repeatJob(tx, job, now + 5000))
    now += 1
    expect((await claimOne()).id).toBe(job.id)
  })

  it('tries again after a failure, a bounded number of times, and then stays visible as failed', async () => {
    await ask({ attemptsMax: 2 })
    const first = await claimOne()
    await store.transact(tx => failJob(tx, first, `bad \u0000 ${'x'.repeat(5000)}\ud800`, 300))
    expect(await claim()).toEqual([])
    now += 300
    const second = await claimOne()
    expect(second.tries).toBe(2)
    await store.transact(tx => failJob(tx, second, 'again', 300))
    now += 100_000
    expect(await claim()).toEqual([])
    const failed = await store.read(rx => listFailedJobs(rx))
    expect(failed).toMatchObject([{ id: first.id, kind: 'expire', key: 'g_1', error: 'again' }])
    await ask()
    expect(await claim()).toHaveLength(1)
    expect(await store.read(rx => listFailedJobs(rx))).toHaveLength(1)
  })

  it('keeps an error of any length and bytes short and storable', async () => {
    await ask()
    const job = await claimOne()
    await store.transact(tx => failJob(tx, job, `\u0000${'x'.repeat(errorLengthMax - 2)}😀`, 0))
    const [row] = await rows()
    expect(row?.last_error).toHaveLength(errorLengthMax)
    expect(row?.last_error?.isWellFormed()).toBe(true)
  })

  it('fails a job whose worker died in its last try', async () => {
    await ask({ attemptsMax: 1 })
    await claimOne()
    expect(await claim()).toEqual([])
    expect(await store.read(rx => listFailedJobs(rx))).toEqual([])
    now += 1001
    expect(await claim()).toEqual([])
    expect(await store.read(rx => listFailedJobs(rx))).toMatchObject([{ error: expect.stringContaining('lease') }])
  })

  it('says when the next job can be claimed', async () => {
    const next = async () => (await store.read(rx => nextJobAt(rx, ['expire']))).nextAt
    expect(await next()).toBeUndefined()
    await ask({ runAt: now + 700 })
    await ask({ kind: 'other', runAt: now + 1 })
    expect(await next()).toBe(now + 700)
    now += 700
    const job = await claimOne()
    expect(await next()).toBe(now + 1000)
    await store.transact(tx => completeJob(tx, job))
    expect(await next()).toBeUndefined()
  })

  it('takes back a job that is not running', async () => {
    await ask()
    expect(await store.transact(tx => cancelJob(tx, 'expire', 'g_1'))).toBe(true)
    expect(await store.transact(tx => cancelJob(tx, 'expire', 'g_1'))).toBe(false)
    await ask()
    await claimOne()
    expect(await store.transact(tx => cancelJob(tx, 'expire', 'g_1'))).toBe(false)
  })

  it('prunes what is done and nothing else', async () => {
    await ask({ key: 'done' })
    const job = await claimOne()
    await store.transact(tx => completeJob(tx, job))
    await ask({ key: 'open' })
    await ask({ key: 'failed', attemptsMax: 1 })
    for (const claimed of await claim())
      if (claimed.key === 'failed') await store.transact(tx => failJob(tx, claimed, 'x', 0))
    expect(await store.transact(tx => pruneDoneJobs(tx, now))).toBe(0)
    expect(await store.transact(tx => pruneDoneJobs(tx, now + 1))).toBe(1)
    expect((await rows()).map(row => row.key).sort()).toEqual(['failed', 'open'])
  })

  it("leases by the database's clock, not by the process's", async () => {
    const real = await (await makeDatabase()).open()
    await real.transact(tx => enqueue(tx, { id: 'jb_real', kind: 'expire', key: 'k', runAt: 1 }))
    const [job] = await claimJobs(real, { kinds: ['expire'], limit: 1, leaseMs: 60_000, owner: engine })
    const clock = await real.clockMs()
    expect(job!.leasedUntil - 60_000).toBeLessThanOrEqual(clock)
    expect(job!.leasedUntil - 60_000).toBeGreaterThan(clock - 10_000)
  })
})
