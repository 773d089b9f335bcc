import { type Commit, formatCarried } from '@breakglass/verify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FailedRun, judgeRun } from './ci.ts'
import { readBundle } from './bundle.ts'
import { openSplits } from './splits.ts'
import { refreshBundle, sendEvents } from './sync.ts'
import type { MemoryLedger } from './testing/ledger.ts'
import { makePoint, type PointKit } from './testing/point-kit.ts'
import { gates, type GrantWish, programOf } from './testing/world.ts'
import { trunks, unjoinedSince } from './trees.ts'

const commit: Commit = `sha1:${'ab'.repeat(20)}`
let kit: PointKit
let runs = 0
beforeEach(async () => {
  kit = await makePoint({ kind: 'ci' })
})
afterEach(() => kit.close())

/** One word: what opened the gate, or the code of what did not. */
async function run(change: Partial<FailedRun> = {}): Promise<string> {
  runs += 1
  const failed = { gate: gates.tests, commit, ref: 'refs/heads/main', result: 'fail', words: 'it failed' } as const
  const verdict = await judgeRun(kit.point, { ...failed, run: String(runs), grants: [], ...change })
  if (verdict.outcome === 'closed') return verdict.code
  return 'opens' in verdict.verdict ? verdict.verdict.opens : 'closed'
}

const wished = (wish: GrantWish = {}): GrantWish => ({ commit, at: kit.point.home.config.id, uses: 2, ...wish })
const listed = (wish?: GrantWish) => kit.server.grant(wished(wish))
/** A grant that only another face of the ledger holds. */
const grantIn = (ledger: MemoryLedger, wish?: GrantWish) => {
  const { id, jws } = kit.world.grantStatement(wished(wish))
  return { id, carried: formatCarried(ledger.append(jws).logged) }
}

describe('what is shown under a tree that is not joined', () => {
  beforeEach(() => {
    kit.server.provesNothing = true
  })

  it('opens nothing as an online grant, until the ledger answers', async () => {
    const grant = listed()
    expect(await run()).toBe('ledger_unjoined')
    expect(grant.keys).toEqual([])
    kit.server.provesNothing = false
    expect(await run()).toBe('grant')
  })

  it('opens nothing as a waiver', async () => {
    kit.server.waivers.push({ gate: gates.tests, ref: 'refs/heads/main', carried: kit.world.waiver() })
    expect(await run()).toBe('ledger_unjoined')
    kit.server.provesNothing = false
    expect(await run()).toBe('waiver')
  })

  it('opens nothing as leave to pass while unavailable', async () => {
    const asked = { gate: gates.style, result: 'could_not_run' } as const
    expect(await run(asked)).toBe('ledger_unjoined')
    kit.server.provesNothing = false
    expect(await run(asked)).toBe('pass_when_unavailable')
  })

  it('is no program: the one accepted before stays in force', async () => {
    kit.world.publish(programOf())
    expect(await refreshBundle(kit.point)).toMatchObject({ ok: false, code: 'ledger_unjoined' })
    expect(readBundle(kit.point.home, kit.point.journal)).toMatchObject({ ok: true, accepted: { version: 1 } })
    kit.server.provesNothing = false
    expect(await refreshBundle(kit.point)).toMatchObject({ ok: true, accepted: { version: 2 } })
  })

  it('opens as an offline grant: an outage of the ledger takes nothing away', async () => {
    listed({ mode: 'offline' })
    expect(await run()).toBe('grant')
    expect(unjoinedSince(kit.point.journal).count).toBe(1)
    kit.server.provesNothing = false
    await refreshBundle(kit.point)
    expect(unjoinedSince(kit.point.journal).count).toBe(0)
  })

  it('opens nothing with a server that has never heard of such proofs', async () => {
    kit.server.provesNothing = false
    kit.server.knowsConsistency = false
    listed()
    expect(await run()).toBe('ledger_unjoined')
  })
})

describe('without the server', () => {
  it('takes a larger tree as it is, and joins it at the next contact', async () => {
    const { carried } = kit.world.grant(wished({ mode: 'offline' }))
    kit.server.isDown = true
    expect(await run({ grants: [carried] })).toBe('grant')
    expect(unjoinedSince(kit.point.journal).count).toBe(1)
    kit.server.isDown = false
    await run()
    expect(unjoinedSince(kit.point.journal).count).toBe(0)
    expect(trunks(kit.point.journal)).toMatchObject([{ size: kit.world.ledger.size }])
  })

  it('finds out at the next contact that the tree was of another face, and closes', async () => {
    const { carried } = grantIn(kit.world.ledger.forked('another history'), { mode: 'offline' })
    kit.server.isDown = true
    expect(await run({ grants: [carried] })).toBe('grant')
    kit.world.grant()
    kit.world.grant()
    kit.server.isDown = false
    expect(await run()).toBe('ledger_inconsistent')
  })

  it('notices another root of a size that was only seen and never joined', async () => {
    kit.server.isDown = true
    const other = kit.world.ledger.copy()
    const honest = kit.world.grant(wished({ mode: 'offline' })).carried
    const rogue = grantIn(other, { mode: 'offline' }).carried
    expect(await run({ grants: [honest] })).toBe('grant')
    expect(await run({ grants: [rogue] })).toBe('ledger_inconsistent')
  })
})

describe('a ledger with two faces', () => {
  it('closes when the other face is smaller than what is known', async () => {
    const other = kit.world.ledger.forked('another history')
    for (let n = 0; n < 5; n++) kit.world.grant()
    await refreshBundle(kit.point)
    const { id, carried } = grantIn(other)
    kit.server.listGrant(id, carried)
    expect(await run()).toBe('ledger_inconsistent')
  })

  it('closes when a copy of the ledger stands behind the same address for a while', async () => {
    const { server, world } = kit
    const copy = world.ledger.copy()
    listed()
    expect(await run()).toBe('grant')
    server.grants.length = 0
    for (let n = 0; n < 4; n++) grantIn(copy)
    const { id, carried } = grantIn(copy)
    server.listGrant(id, carried)
    server.shownLedger = copy
    expect(await run()).toBe('ledger_inconsistent')
    // Back to the true one: who has seen two faces does not forget it, not in another process either.
    server.shownLedger = world.ledger
    server.grants.length = 0
    listed()
    expect(await run()).toBe('ledger_inconsistent')
    expect(openSplits(kit.reopen().journal).length).toBeGreaterThan(0)
  })

  it('closes for an offline grant too, and also when nobody answers', async () => {
    const { id, jws } = kit.world.grantStatement(wished())
    const fork = kit.world.ledger.forked(jws)
    kit.server.listGrant(id, formatCarried({ jws, proof: fork.proof(fork.size - 1) }))
    expect(await run()).toBe('ledger_inconsistent')
    kit.server.isDown = true
    const { carried } = kit.world.grant(wished({ mode: 'offline' }))
    expect(await run({ grants: [carried] })).toBe('ledger_inconsistent')
    expect(await refreshBundle(kit.point)).toMatchObject({ ok: false, code: 'ledger_inconsistent' })
  })

  it('tells the server once, with both notes, and counts a face that a forged grant shows', async () => {
    const { id, jws } = kit.world.grantStatement(wished(), kit.world.stranger)
    const fork = kit.world.ledger.forked(jws)
    const note = kit.world.ledger.checkpoint()
    kit.server.listGrant(id, formatCarried({ jws, proof: fork.proof(fork.size - 1) }))
    expect(await run()).toBe('ledger_inconsistent')
    expect(await run()).toBe('ledger_inconsistent')
    await sendEvents(kit.point)
    const told = kit.server.reports.filter(({ kind }) => kind === 'point.ledger_split')
    expect(told).toHaveLength(1)
    const [held, found] = [{ note }, { note: fork.checkpoint() }]
    expect(told[0]?.body).toMatchObject({ held, found, how: 'same_size' })
  })
})
