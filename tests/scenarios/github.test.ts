import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { FakeGithub } from '../support/github/fake.ts'
import { type Acme, makeAcme } from '../support/github/acme.ts'
import type { FakePull } from '../support/github/pull.ts'
import { install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'

const program = `organization: acme
timezone: Europe/Berlin
owners: [mina@acme.example, okoro@acme.example]
groups:
  on-call: { members: [ana@acme.example] }
  reviewers: { members: [lee@acme.example, mina@acme.example] }
gates:
  payments/tests:
    boundary: merge
    class: quality
    protects: Regressions in the payment flow.
    on: { repositories: [acme/payments], branches: [main] }
    check: tests
    owner: reviewers
    break_glass: { who: [on-call], incident: optional, second_person: none, ttl: 5m, uses: 1 }
  payments/smoke:
    boundary: merge
    class: control
    protects: A build that does not start.
    on: { repositories: [acme/payments], branches: [main] }
    check: smoke
    owner: reviewers
    break_glass: never
reviews: { due: 2 business days, reviewers: [reviewers] }
`

interface Grant {
  id: string
  state: string
}

/** The gate on GitHub: the real programs, against a GitHub that is held to its own description. */
describe.each(['sqlite', 'postgres'] as const)('a repository on GitHub (%s)', engine => {
  let breakglass: Installation
  let github: FakeGithub
  let acme: Acme
  let dir: string

  beforeAll(async () => {
    breakglass = await install(engine)
    github = await FakeGithub.start()
    acme = await makeAcme(breakglass.dir, github)
    await breakglass.join('mina', ['owner'])
    for (const name of ['okoro', 'ana', 'lee']) await breakglass.join(name)
    dir = join(breakglass.dir, 'github-payments')
    const source = flags({ app: String(acme.gate.id), installation: String(acme.installation), key: acme.keyFile })
    const place = flags({ dir, name: 'acme/payments', trust: breakglass.trustFile, api: github.url })
    await breakglass.json(['github', 'install', ...source, ...place], { as: 'admin' })
    await writeFile(join(breakglass.dir, 'breakglass.yaml'), program)
    await breakglass.json(['program', 'publish', 'breakglass.yaml'], { as: 'mina' })
    acme.repository.protect('main', {
      as: 'admin',
      enforceAdmins: true,
      checks: ['payments/tests', 'payments/smoke'].map(gate => ({ context: `gate/${gate}`, appId: acme.gate.id })),
    })
  })
  afterAll(async () => {
    await breakglass.stop()
    await github.close()
  })

  const keep = async () => {
    const turn = await breakglass.breakglass(['github', 'keep', '--point', dir, '--once'])
    expect([turn.code, turn.stderr]).toEqual([0, ''])
    return turn.stdout
  }
  const runOf = (sha: string, gate = 'payments/tests') => {
    const all = acme.repository.state.checkRuns.filter(one => one.headSha === sha && one.name === `gate/${gate}`)
    expect(all.length).toBeLessThanOrEqual(1)
    return all[0]
  }
  const openGlass = (commit: string, code = 0) =>
    breakglass.json<{ grants: Grant[] }>(
      [
        'open',
        `acme/payments@${commit}`,
        ...flags({
          gate: 'payments/tests',
          ref: 'main',
          reason: 'Payments are down and the test flakes',
          incident: 'none',
        }),
      ],
      { as: 'ana', code },
    )
  const shown = (grant: string) => breakglass.api<Grant & { used: number }>('ana', `/glass/${grant}`)
  const passages = async () => {
    const { landings } = await breakglass.json<{ landings: { outcome: string; after: string }[] }>(
      ['gate', 'show', 'payments/tests'],
      { as: 'lee' },
    )
    return landings
  }
  const outcomeOf = async (commit: string, wanted: string) => {
    for (let tries = 0; tries < 50; tries++) {
      const found = (await passages()).find(({ after }) => after === `sha1:${commit}`)?.outcome
      if (found === wanted) return found
      await delay(200)
    }
    return (await passages()).find(({ after }) => after === `sha1:${commit}`)?.outcome
  }
  let pull: FakePull

  it('has our run on every pull request, which mirrors the real check and lets nothing through by itself', async () => {
    pull = acme.repository.openPullRequest({ as: 'kofi' })
    await keep()
    expect(runOf(pull.head)).toMatchObject({ status: 'queued', conclusion: null, app: 'breakglass-gate' })
    expect(() => pull.merge({ as: 'admin' })).toThrow()
    pull.check('tests', 'success', { app: 'ci' })
    pull.check('smoke', 'success', { app: 'ci' })
    await keep()
    expect(runOf(pull.head)).toMatchObject({ status: 'completed', conclusion: 'success' })
    const landed = pull.merge({ as: 'kofi' })
    expect(await keep()).toContain('landed')
    expect(await outcomeOf(landed, 'passed')).toBe('passed')
  })

  it('is looked at by the doctor, who says what the branch lacks', async () => {
    const doctor = () => breakglass.breakglass(['github', 'doctor', '--point', dir])
    const seen = await doctor()
    // The app may not read administration, so classic protection is not seen, and nothing is taken for granted.
    expect(seen.stdout).toContain('payments/tests at main is not known: could not be read: classic protection')
    expect(seen.stdout).toContain('the app may do what it needs')
    const rules = ['payments/tests', 'payments/smoke'].map(gate => ({
      context: `gate/${gate}`,
      integration_id: gate === 'payments/tests' ? acme.gate.id : undefined,
    }))
    const ruleset = acme.repository.addRuleset({
      as: 'admin',
      name: 'gates',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [
        {
          type: 'required_status_checks',
          parameters: JSON.parse(
            JSON.stringify({ strict_required_status_checks_policy: false, required_status_checks: rules }),
          ),
        },
      ],
    })
    const again = await doctor()
    acme.repository.removeRuleset(ruleset, { as: 'admin' })
    expect(again.code).toBe(1)
    expect(again.stdout).toContain('payments/smoke at main is required, but others than our app can set it')
    expect(again.stdout).toContain('payments/tests at main is required of everybody, pinned to our app')
    expect(again.stdout).toContain('who may go around it could not be read')
  })

  it('is opened by one command for one pull request, and shut again once it landed', async () => {
    pull = acme.repository.openPullRequest({ as: 'kofi' })
    pull.check('tests', 'failure', { app: 'ci' })
    pull.check('smoke', 'success', { app: 'ci' })
    await keep()
    expect(runOf(pull.head)).toMatchObject({ conclusion: 'failure', output: { title: 'Failed' } })
    expect(() => pull.merge({ as: 'admin' })).toThrow()
    const { grants } = await openGlass(pull.head)
    expect(grants).toMatchObject([{ state: 'live' }])
    await keep()
    expect(runOf(pull.head)).toMatchObject({ conclusion: 'success', output: { title: 'Opened by a grant' } })
    expect(runOf(pull.head)?.output.summary).toContain('Opened by ana until')
    const landed = pull.merge({ as: 'kofi' })
    await keep()
    expect(runOf(pull.head)).toMatchObject({ conclusion: 'failure', output: { title: 'Shut' } })
    expect(await shown(grants[0]!.id)).toMatchObject({ state: 'shut', used: 1 })
    expect(await outcomeOf(landed, 'opened_by_grant')).toBe('opened_by_grant')
  })

  it('is not opened for the next push, nor when the old one is pushed back', async () => {
    pull = acme.repository.openPullRequest({ as: 'kofi' })
    pull.check('tests', 'failure', { app: 'ci' })
    pull.check('smoke', 'success', { app: 'ci' })
    await keep()
    const granted = pull.head
    const { grants } = await openGlass(granted)
    await keep()
    expect(runOf(granted)).toMatchObject({ conclusion: 'success' })
    const branch = pull.state.head.ref
    acme.repository.push({ as: 'kofi', branch })
    await keep()
    expect(runOf(granted)).toMatchObject({ conclusion: 'failure' })
    expect(runOf(pull.head)).toMatchObject({ status: 'queued' })
    acme.repository.push({ as: 'kofi', branch, to: granted, isForced: true })
    await keep()
    expect(pull.head).toBe(granted)
    expect(runOf(granted)).toMatchObject({ conclusion: 'failure' })
    expect(() => pull.merge({ as: 'admin' })).toThrow()
    await breakglass.json(['revoke', grants[0]!.id, ...flags({ reason: 'Pushed over' })], { as: 'ana' })
    await keep()
    expect(await shown(grants[0]!.id)).toMatchObject({ state: 'shut', used: 0 })
  })

  it('opens no safety net that ran and failed', async () => {
    pull = acme.repository.openPullRequest({ as: 'kofi' })
    pull.check('tests', 'success', { app: 'ci' })
    pull.check('smoke', 'failure', { app: 'ci' })
    await keep()
    expect(runOf(pull.head, 'payments/smoke')?.output.summary).toContain('safety net')
    expect(() => pull.merge({ as: 'admin' })).toThrow()
  })

  it('is shut when a grant is revoked, and nobody needs to have used it', async () => {
    pull = acme.repository.openPullRequest({ as: 'kofi' })
    pull.check('tests', 'failure', { app: 'ci' })
    pull.check('smoke', 'success', { app: 'ci' })
    await keep()
    const { grants } = await openGlass(pull.head)
    const [{ id } = { id: '' }] = grants
    await keep()
    expect(runOf(pull.head)).toMatchObject({ conclusion: 'success' })
    const revoked = await breakglass.breakglass(['revoke', id, ...flags({ reason: 'The test was fixed' })], {
      as: 'ana',
    })
    expect([revoked.code, revoked.stdout]).toEqual([0, expect.stringContaining('has still to say that it is shut')])
    // Ended, and not yet shut: the run is green until somebody has read that it is not.
    expect(await shown(id)).toMatchObject({ state: 'revoked' })
    await keep()
    expect(runOf(pull.head)).toMatchObject({ conclusion: 'failure' })
    expect(await shown(id)).toMatchObject({ state: 'shut', used: 0 })
  })

  it('finds what an admin merged around it, at the gate that was shut', async () => {
    acme.repository.protect('main', { as: 'admin', enforceAdmins: false })
    // GitHub has whole seconds: within the one in which it was shut, what had been open counts.
    await delay(1100)
    const landed = pull.merge({ as: 'admin' })
    expect(await keep()).toContain('landed around payments/tests')
    expect(await outcomeOf(landed, 'bypassed_unsanctioned')).toBe('bypassed_unsanctioned')
    const { findings } = await breakglass.json<{ findings: { new: string; gates: string[] }[] }>(['finding', 'list'], {
      as: 'lee',
    })
    expect(findings).toMatchObject([{ new: `sha1:${landed}`, gates: ['payments/tests'] }])
  })

  it('finds a direct push, once what could excuse it was looked for', async () => {
    const pushed = acme.repository.push({ as: 'admin' })
    expect(await keep()).not.toContain(pushed.slice(0, 12))
    // A forced push has no excuse to wait for.
    const base = acme.repository.state.objects.get(pushed)?.parents[0] ?? ''
    acme.repository.protect('main', { as: 'admin', allowForcePushes: true })
    acme.repository.push({ as: 'admin', to: base, isForced: true })
    expect(await keep()).toContain('(force push): landed around payments/smoke, payments/tests')
  })

  it('opens nothing while the server is away, and mirrors the check all the same', async () => {
    pull = acme.repository.openPullRequest({ as: 'kofi' })
    pull.check('tests', 'failure', { app: 'ci' })
    await keep()
    await openGlass(pull.head)
    await breakglass.server.stop()
    const turn = await breakglass.breakglass(['github', 'keep', '--point', dir, '--once'])
    expect(turn.code).toBe(6)
    expect(runOf(pull.head)).toMatchObject({ conclusion: 'failure' })
    await breakglass.startServer()
    await keep()
    expect(runOf(pull.head)).toMatchObject({ conclusion: 'success' })
  })

  it('asks GitHub for nothing that its description does not know, and never with more rights than it needs', () => {
    expect(github.asked.filter(({ status }) => status >= 400 && status !== 404)).toEqual([])
    expect(new Set(github.asked.map(({ as }) => as))).toEqual(new Set(['breakglass-gate', 'breakglass-gate[bot]']))
  })
})
