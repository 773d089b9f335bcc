import { join } from 'node:path'
import { checkLedger } from '@breakglass/ledger'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { makePayments, type Payments } from '../support/payments.ts'

/** A gate that cannot pass for a while, on the real programs: registered, approved, seen, and over. */
describe('a waiver, from the request to its end', () => {
  let acme: Installation
  let payments: Payments
  let id = ''

  beforeAll(async () => {
    acme = await install('sqlite')
    payments = await makePayments(acme)
  })
  afterAll(() => acme.stop())

  const waive = (as: string, ...args: string[]) => acme.json(['waiver', ...args], { as })
  const pushNew = async (name: string) => {
    const commit = await payments.commit(name)
    await payments.report('payments/smoke', commit, 'pass')
    return { commit, pushed: await payments.push(`${commit}:refs/heads/main`) }
  }
  const wish = { repository: 'acme/payments', reason: 'The broker of the test environment is being moved.', for: '7d' }

  it('opens nothing while it waits', async () => {
    const asked = await waive('ana', 'request', 'payments/tests', ...flags(wish))
    expect(asked).toMatchObject({ standing: 'requested', approvalsNeeded: 1 })
    id = String(asked['id'])
    const { pushed } = await pushNew('one')
    expect(pushed.code).not.toBe(0)
    expect(pushed.stderr).toContain('payments/tests')
  })

  it('is not for whoever asked, nor for a safety net', async () => {
    expect((await acme.breakglass(['waiver', 'approve', id], { as: 'ana' })).code).toBe(1)
    const net = await acme.breakglass(['waiver', 'request', 'payments/smoke', ...flags(wish)], { as: 'ana' })
    expect(net.code).toBe(1)
    expect(net.stderr).toContain('safety net')
  })

  it('lets every change through once the gate’s owner approved it, and the record says by what', async () => {
    const live = await waive('lee', 'approve', id)
    expect(live).toMatchObject({ standing: 'live' })
    const { commit, pushed } = await pushNew('two')
    expect(pushed.code, pushed.stderr).toBe(0)
    expect(pushed.stderr).toContain('by a waiver')
    expect(await payments.tip()).toBe(commit)
    // The other gate stands as it did.
    const bare = await payments.commit('three')
    expect((await payments.push(`${bare}:refs/heads/main`)).code).not.toBe(0)
    const listed = await acme.json(['waiver', 'list'], { as: 'lee' })
    expect(listed).toMatchObject({ waivers: [{ id, gate: 'payments/tests', renewals: 0 }] })
  })

  it('is over where it is ended, at the next push', async () => {
    expect(await waive('lee', 'end', id, '--reason', 'The broker is back.')).toMatchObject({ standing: 'ended' })
    const { pushed } = await pushNew('four')
    expect(pushed.code).not.toBe(0)
  })

  it('goes on in age when it is filed anew, and opens a review', async () => {
    const again = await waive('ana', 'renew', id, '--reason', 'The broker is away once more.')
    const renewed = await waive('lee', 'approve', String(again['id']))
    expect(renewed).toMatchObject({ standing: 'live', renewals: 1, review: expect.stringMatching(/^rv_/) })
    expect(Date.parse(String(renewed['since']))).toBeLessThan(Date.parse(String(renewed['grantedAt'])))
    const reviews = await acme.json(['review', 'list'], { as: 'mina' })
    expect(JSON.stringify(reviews)).toContain('waiver_renewal')
  })

  it('leaves a ledger that is whole, and a repair that says who mends the gate', async () => {
    const repair = await acme.json(
      [
        'repair',
        'open',
        'payments/tests',
        ...flags({
          cause: 'unavailable',
          plan: 'Run the broker in the test itself.',
          paused: 'The export page',
          owner: 'ana@acme.example',
          sponsor: 'mina@acme.example',
          due: '2099-12-24',
        }),
      ],
      { as: 'lee' },
    )
    expect(repair).toMatchObject({ state: 'open', gate: 'payments/tests' })
    const done = ['repair', 'end', String(repair['id']), '--outcome', 'done', '--note', 'It does now.']
    expect((await acme.breakglass(done, { as: 'okoro' })).code).toBe(1)
    expect(await acme.json(done, { as: 'ana' })).toMatchObject({ state: 'done' })
    await acme.server.stop()
    await acme.ledger.stop()
    expect(checkLedger(join(acme.dir, 'ledger'))).toMatchObject({ ok: true })
  })
})
