import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { makePayments, type Payments } from '../support/payments.ts'

interface Grant {
  id: string
  state: string
  used: number
  shutConfirmedBy?: string
  review: { id: string }
  at: { name: string }
}

/** Invariant I7: with a grant in the hand the gate opens without the server, once, and the server learns of it afterwards. */
describe('a grant that is carried to the gate while the server is away', () => {
  let acme: Installation
  let payments: Payments
  let fix: string
  let grant: Grant
  let carried: string

  beforeAll(async () => {
    acme = await install('sqlite')
    payments = await makePayments(acme)
    fix = await payments.commit('fix')
    await payments.report('payments/smoke', fix, 'pass')
    await payments.report('payments/tests', fix, 'fail')
    // This refusal is also how the point comes to hold the receipt that payments/smoke passed.
    expect((await payments.push()).code).not.toBe(0)
    await acme.json(['incident', 'open', '--severity', 'SEV1', 'payments down'], { as: 'lee' })
  })
  afterAll(() => acme.stop())

  const pushWithGrant = (...refs: string[]) => payments.push('-o', carried, ...refs)
  const grantNow = () => acme.api<Grant>('lee', `/glass/${grant.id}`)
  const sync = (code: number) => acme.json<Record<string, unknown>>(['hook', 'sync', '--repo', payments.bare], { code })

  it('is one line in a file, which is a push option as it is', async () => {
    const file = join(acme.dir, 'grant.bg')
    const { grants } = await acme.json<{ grants: Grant[] }>(
      [
        'open',
        `acme/payments@${fix}`,
        ...flags({ ref: 'main', gate: 'payments/tests', reason: 'the server moves', offline: true, out: file }),
      ],
      { as: 'ana' },
    )
    grant = grants[0]!
    expect(grant).toMatchObject({ state: 'live' })
    carried = (await readFile(file, 'utf8')).trim()
    expect(carried).toMatch(/^bg1~\S+$/)
    await acme.server.stop()
  })

  it('is needed: without it the push is refused, and the hook says that the server took no part', async () => {
    const push = await payments.push()
    expect(push.code).not.toBe(0)
    expect(push.stderr).toContain('payments/smoke: open, it passed')
    expect(push.stderr).toContain('the server took no part')
  })

  it('lets the change land', async () => {
    const push = await pushWithGrant()
    expect(push.stderr).toContain(`payments/tests: open, by a grant ${grant.id}`)
    expect(push).toMatchObject({ code: 0 })
    expect(await payments.tip()).toBe(fix)
  })

  it('opens nothing a second time: not another commit, and not the same commit landing once more', async () => {
    const next = await payments.commit('next')
    const another = await pushWithGrant(`${next}:refs/heads/main`)
    expect(another.code).not.toBe(0)
    expect(another.stderr).toContain('is for another commit')
    expect(await payments.tip()).toBe(fix)
    // Somebody with a shell on the git server takes the branch away, so that the same commit could land anew.
    await payments.git(['update-ref', '-d', 'refs/heads/main'], { cwd: payments.bare })
    const again = await pushWithGrant(`${fix}:refs/heads/main`)
    expect(again.code).not.toBe(0)
    expect(again.stderr).toContain('has been used (1 of 1) for another landing')
    await payments.git(['update-ref', 'refs/heads/main', fix], { cwd: payments.bare })
  })

  it('keeps what it has to tell until somebody is there to hear it', async () => {
    expect(await sync(6)).toMatchObject({ shut: 1, events: { sent: 0 } })
    await acme.startServer()
    expect(await grantNow()).toMatchObject({ state: 'live', used: 0 })
    expect(await sync(0)).toMatchObject({ shut: 0, events: { waiting: 0 } })
  })

  it('is recorded as used, shut as the point itself confirms, with its review due', async () => {
    const known = await grantNow()
    expect(known).toMatchObject({ state: 'shut', used: 1 })
    expect(known.shutConfirmedBy).toBe(known.at.name)
    expect(await acme.json(['review', 'show', grant.review.id], { as: 'lee' })).toMatchObject({ state: 'due' })
    const { rows, counts } = (await payments.evidence()) as { rows: Record<string, unknown>[]; counts: object }
    expect(counts).toMatchObject({ uses: 1, grants: 1, reviewsDue: 1 })
    expect(rows.find(row => row['record'] === 'use')).toMatchObject({ grant: grant.id, new: `sha1:${fix}` })
  })
})
