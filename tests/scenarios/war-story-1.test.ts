import { chmod, copyFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EngineName, install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { flags } from '../support/flags.ts'
import { account, makePayments, type Payments, verdict } from '../support/payments.ts'
import { bins, run } from '../support/processes.ts'

/**
 * The first war story, the way it should have gone: production is down, a gate is red, the fix waits. Glass is broken for
 * that gate alone, everything else keeps watching, the gate shuts by itself, the review is done, and an auditor can prove
 * all of it. The real programs, a real repository.
 */
describe.each(['sqlite', 'postgres'] as const)('the fix that waited behind a red gate (%s)', (engine: EngineName) => {
  let acme: Installation
  let payments: Payments
  let incident: string
  let fix: string
  let grant: { id: string; state: string; review: { id: string }; keeps: string[] }
  const breakGlass = (commit: string, gate = 'payments/tests') => [
    'open',
    `acme/payments@${commit}`,
    ...flags({ ref: 'main', gate, incident, reason: 'payments are down and the fix waits behind a flaky test' }),
  ]

  beforeAll(async () => {
    acme = await install(engine)
    payments = await makePayments(acme)
  })
  afterAll(() => acme.stop())

  it('is refused by the gate, which says the one command that would help', async () => {
    fix = await payments.commit('fix')
    await payments.report('payments/smoke', fix, 'pass')
    await payments.report('payments/tests', fix, 'fail')
    const before = await payments.tip()
    const push = await payments.push()
    expect(push.code).not.toBe(0)
    expect(push.stderr).toContain(`breakglass open acme/payments@${fix} --ref main --gate payments/tests`)
    expect(await payments.tip()).toBe(before)
  })

  it('opens for that gate alone, live and logged', async () => {
    const opened = await acme.json<{ id: string }>(['incident', 'open', '--severity', 'SEV1', 'payments down'], {
      as: 'lee',
    })
    incident = opened.id
    const { grants } = await acme.json<{ grants: (typeof grant)[] }>(breakGlass(fix), { as: 'ana' })
    expect(grants).toMatchObject([{ state: 'live', gate: 'payments/tests', keeps: ['payments/smoke'] }])
    grant = grants[0]!
  })

  it('keeps the safety net shut: another commit, a broken one, lands with no grant', async () => {
    await payments.git(['switch', '--quiet', '--create', 'broken'])
    const broken = await payments.commit('broken')
    await payments.report('payments/smoke', broken, 'fail')
    const push = await payments.push('broken:main')
    expect(push.code).not.toBe(0)
    expect(push.stderr).toContain('payments/smoke')
    const asked = await acme.breakglass(breakGlass(broken, 'payments/smoke'), { as: 'ana' })
    expect(asked.code).toBe(1)
    expect(asked.stdout).toContain('REFUSED')
    await payments.git(['switch', '--quiet', 'main'])
  })

  it('lets the fix land, once, and is shut without anyone doing anything', async () => {
    const push = await payments.push()
    expect(push.stderr).toContain(`open, by a grant ${grant.id}`)
    expect(push.code).toBe(0)
    expect(await payments.tip()).toBe(fix)
    const shown = await acme.json<{ grants: { id: string; state: string }[] }>(['status'], { as: 'ana' })
    expect(JSON.stringify(shown)).not.toContain('"state":"live"')
    const again = await payments.commit('more')
    await payments.report('payments/smoke', again, 'pass')
    await payments.report('payments/tests', again, 'fail')
    expect((await payments.push()).code).not.toBe(0)
  })

  it('is reviewed, by somebody who had no part in it', async () => {
    const { id } = grant.review
    await acme.json(['review', 'answer', id, ...account], { as: 'ana' })
    const own = await acme.breakglass(['review', 'sign', id, ...verdict], { as: 'ana' })
    expect(own.code).toBe(1)
    expect(await acme.json(['review', 'sign', id, ...verdict], { as: 'lee' })).toMatchObject({
      state: 'signed',
      late: false,
    })
  })

  it('is evidence that stands without us', async () => {
    const file = join(acme.dir, 'evidence.json')
    await acme.json(['evidence', '--from', '2020-01-01', '--with-proofs', '--out', file], { as: 'lee' })
    const verified = await acme.json<{ ok: boolean }>(['verify', file, '--trust', acme.trustFile])
    expect(verified).toMatchObject({ ok: true })
    const { rows, counts } = (await payments.evidence()) as { rows: Record<string, unknown>[]; counts: object }
    expect(counts).toMatchObject({ uses: 1, grants: 1, refused: 1, reviewsDue: 1, reviewsSigned: 1, reviewsLate: 0 })
    expect(rows.find(row => row['record'] === 'use')).toMatchObject({
      grant: grant.id,
      actor: { name: 'ana' },
      gate: 'payments/tests',
      incident: { severity: 'SEV1', verified: true },
      keeps: [{ gate: 'payments/smoke', stood: 'passed' }],
      new: `sha1:${fix}`,
      review: { state: 'signed', gateVerdict: 'fix_gate' },
    })
  })

  it('leaves a ledger that is whole', async () => {
    await acme.ledger.stop()
    const checked = await run(process.execPath, [bins.ledger, 'fsck', '--dir', join(acme.dir, 'ledger')])
    expect(checked).toMatchObject({ code: 0 })
    await acme.startLedger()
  })

  it('tells the other story too: the hook taken away, two pushes while it was off, found and named', async () => {
    const hook = join(payments.bare, 'hooks', 'pre-receive')
    expect((await acme.breakglass(['watch', '--repo', payments.bare, '--once'])).code).toBe(0)
    await rename(hook, `${hook}.off`)
    const landed: string[] = []
    for (const name of ['while-off-1', 'while-off-2']) {
      landed.push(await payments.commit(name))
      expect((await payments.push()).code).toBe(0)
      await acme.breakglass(['watch', '--repo', payments.bare, '--once'])
    }
    const { findings, drift } = await acme.json<{ findings: Finding[]; drift: object[] }>(['finding', 'list'], {
      as: 'lee',
    })
    expect(drift).toMatchObject([{ what: 'hook_missing', landingsWhileOff: 2 }])
    expect(findings.map(finding => finding.new).toSorted()).toEqual(landed.map(commit => `sha1:${commit}`).toSorted())
    for (const finding of findings) {
      expect(finding).toMatchObject({
        kind: 'landed_without_hook',
        ref: 'refs/heads/main',
        whileOff: true,
        state: 'open',
      })
      expect(finding.review).toMatch(/^rv_/)
    }
    await copyFile(`${hook}.off`, hook)
    await chmod(hook, 0o755)
    await acme.breakglass(['watch', '--repo', payments.bare, '--once'])
    const after = await acme.json<{ drift: { until?: string; landingsWhileOff: number }[] }>(['finding', 'list'], {
      as: 'lee',
    })
    expect(after.drift[0]?.until).toBeDefined()
  })
})

interface Finding {
  new: string
  review: string
}
