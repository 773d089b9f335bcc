import { type Commit, cosignerFromSeed, formatCarried } from '@breakglass/verify'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FailedRun, judgeRun } from './ci.ts'
import { catchUp } from './join-trees.ts'
import { refreshBundle } from './sync.ts'
import { makePoint, type PointKit } from './testing/point-kit.ts'
import { gates, programOf, startMs, World } from './testing/world.ts'

const witnesses = [5, 6, 7].map(n => cosignerFromSeed(`witness${n - 4}.example`, new Uint8Array(32).fill(n)))
const commit: Commit = `sha1:${'ab'.repeat(20)}`
let kit: PointKit
beforeEach(async () => {
  kit = await makePoint({ kind: 'ci', world: new World(startMs, { witnesses }) })
})
afterEach(() => kit.close())

/** What is logged from now on is cosigned by these witnesses, so many seconds from now. */
function cosign(...seconds: number[]): void {
  kit.world.ledger.cosigners = seconds.flatMap((away, at) => {
    const cosigner = witnesses[at]
    return cosigner === undefined ? [] : [{ cosigner, timeSeconds: Math.floor(kit.world.nowMs / 1000) + away }]
  })
}

async function run(change: Partial<FailedRun> = {}): Promise<string> {
  const failed = { gate: gates.tests, commit, ref: 'refs/heads/main', result: 'fail', words: 'it failed' } as const
  const verdict = await judgeRun(kit.point, { ...failed, run: '1', grants: [], ...change })
  if (verdict.outcome === 'closed') return verdict.code
  return 'opens' in verdict.verdict ? verdict.verdict.opens : 'closed'
}
const grant = (mode: 'online' | 'offline' = 'online') =>
  kit.server.grant({ commit, at: kit.point.home.config.id, mode })

it('opens by what two of three have cosigned when it was granted', async () => {
  cosign(-50, 100)
  grant()
  expect(await run()).toBe('grant')
})

it.each(['online', 'offline'] as const)('opens nothing by an %s grant that one witness has cosigned', async mode => {
  cosign(0)
  grant(mode)
  expect(await run()).toBe('grant_not_logged')
})

it.each([[[-61, -61, -61]], [[121, 121, 121]], [[0, 121, -61]]])(
  'opens nothing by a grant whose witnesses are timed %j s away, and says so',
  async seconds => {
    cosign(...seconds)
    grant()
    expect(await run()).toBe('grant_witnessed_late')
  },
)

it('opens nothing by an offline grant that waited for its witnesses', async () => {
  const { jws } = kit.world.grantStatement({ commit, at: kit.point.home.config.id, mode: 'offline' })
  kit.world.nowMs += 600_000
  cosign(0, 0, 0)
  const { logged } = kit.world.ledger.append(jws)
  kit.server.isDown = true
  expect(await run({ grants: [formatCarried(logged)] })).toBe('grant_witnessed_late')
})

it('opens nothing by a waiver that one witness has cosigned', async () => {
  cosign(0)
  kit.server.waivers.push({ gate: gates.tests, ref: 'refs/heads/main', carried: kit.world.waiver() })
  expect(await run()).toBe('waiver_not_logged')
})

it('opens nothing by leave to pass that one witness has cosigned', async () => {
  cosign(0)
  expect(await run({ gate: gates.style, result: 'could_not_run' })).toBe('window_not_logged')
  cosign(0, 0)
  expect(await run({ gate: gates.style, result: 'could_not_run' })).toBe('pass_when_unavailable')
})

it('takes no program that one witness has cosigned', async () => {
  cosign(0)
  kit.world.publish(programOf())
  expect(await refreshBundle(kit.point)).toMatchObject({ ok: false, code: 'bad_bundle' })
  cosign(0, 0)
  kit.world.publish(programOf())
  expect(await refreshBundle(kit.point)).toMatchObject({ ok: true })
})

it('remembers no newest checkpoint that one witness has cosigned', async () => {
  cosign(0)
  grant()
  expect(await catchUp(kit.point)).toBe('unknown')
  cosign(0, 0)
  expect(await catchUp(kit.point)).toBe('current')
})
