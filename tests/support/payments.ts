import { flags } from './flags.ts'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Installation } from './installation.ts'
import { type Run, run } from './processes.ts'

/** A payments team with a bare repository, two gates at its main branch and the people of a program. */
export interface Payments {
  /** The bare repository on the git server. */
  bare: string
  /** Ana's clone. */
  work: string
  reporters: Record<string, string>
  git(args: readonly string[], options?: { cwd?: string; env?: Record<string, string> }): Promise<Run>
  /** Commits a change in the clone; gives its id as 40 hex digits. */
  commit(name: string): Promise<string>
  push(...args: string[]): Promise<Run>
  /** The tip of main on the git server. */
  tip(): Promise<string>
  /** As CI would; each run of a check has a name of its own, and one commit may have several. */
  report(gate: string, commit: string, result: 'pass' | 'fail' | 'could-not-run', run?: string): Promise<void>
  evidence(): Promise<Record<string, unknown>>
}

export const paymentsProgram = `organization: acme
timezone: Europe/Berlin
owners: [mina@acme.example, okoro@acme.example]
groups:
  on-call: { members: [ana@acme.example, okoro@acme.example] }
  reviewers: { members: [lee@acme.example, mina@acme.example] }
gates:
  payments/tests:
    boundary: merge
    class: quality
    protects: Regressions in the payment flow.
    on: { repositories: [acme/payments], branches: [main] }
    check: tests
    owner: reviewers
    break_glass: { who: [on-call], incident: { at_least: SEV2 }, second_person: none, ttl: 30m, uses: 1, offline: true }
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

export const gates = ['payments/tests', 'payments/smoke'] as const

/** People, repository, hook, program and reporter credentials, each made as a person would make it. */
export async function makePayments(installation: Installation, program = paymentsProgram): Promise<Payments> {
  const { dir } = installation
  const [bare, work] = [join(dir, 'payments.git'), join(dir, 'work')]
  await installation.join('mina', ['owner'])
  for (const name of ['okoro', 'ana', 'lee']) await installation.join(name)
  const env = { GIT_CONFIG_GLOBAL: join(dir, 'gitconfig'), GIT_CONFIG_NOSYSTEM: '1', HOME: dir, LC_ALL: 'C' }
  await writeFile(join(dir, 'gitconfig'), '[user]\n\tname = Ana\n\temail = ana@acme.example\n')
  const git: Payments['git'] = (args, { cwd = work, env: more = {} } = {}) =>
    run('git', args, { cwd, env: { ...env, ...more } })
  const must = async (args: readonly string[], cwd?: string) => {
    const result = await git(args, cwd === undefined ? {} : { cwd })
    if (result.code !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`)
    return result.stdout.trim()
  }
  await must(['init', '--quiet', '--bare', '--initial-branch=main', bare], dir)
  await must(['clone', '--quiet', bare, work], dir)
  const payments: Payments = {
    bare,
    work,
    reporters: {},
    git,
    async commit(name) {
      await writeFile(join(work, name), `${name}\n`)
      await must(['add', '.'])
      await must(['commit', '--quiet', '--message', name])
      return must(['rev-parse', 'HEAD'])
    },
    push: (...args) => git(['push', 'origin', ...(args.length > 0 ? args : ['HEAD:main'])]),
    tip: () => must(['rev-parse', 'main'], bare),
    async report(gate, commit, result, run = `${gate}-${commit}`) {
      const change = ['--change', `acme/payments@${commit}`, '--result', result, '--run', run]
      const reported = await installation.breakglass(['gate', 'result', gate, ...change], {
        env: { BREAKGLASS_SERVER: installation.url, BREAKGLASS_REPORTER_TOKEN: payments.reporters[gate] },
      })
      if (reported.code !== 0) throw new Error(`${reported.stdout}\n${reported.stderr}`)
    },
    evidence: () => installation.json(['evidence', '--from', '2020-01-01', '--with-proofs'], { as: 'lee' }),
  }
  await payments.commit('first')
  await must(['push', '--quiet', 'origin', 'main'])
  const hook = ['hook', 'install', '--repo', bare, '--name', 'acme/payments', '--trust', installation.trustFile]
  await installation.json([...hook, '--host', 'git.acme.example'], { as: 'admin' })
  await writeFile(join(dir, 'breakglass.yaml'), program)
  await installation.json(['program', 'publish', 'breakglass.yaml'], { as: 'mina' })
  for (const gate of gates) {
    const create = ['reporter', 'create', `ci ${gate}`, '--gate', gate, '--repository', 'acme/payments']
    const { token } = await installation.json<{ token: string }>(create, { as: 'admin' })
    payments.reporters[gate] = token
  }
  await installation.breakglass(['hook', 'sync', '--repo', bare])
  return payments
}

/** What the actor tells of a use, as the options of `review answer`. */
export const account = flags({
  unusable: 'flaky',
  'unusable-text': 'A timeout that has nothing to do with the change.',
  seen: 'Payments failed.',
  expected: 'Green tests.',
  considered: 'A rollback.',
  result: 'Payments work again.',
  harm: 'none',
  'rolled-back': 'no',
  incident: 'The SEV1 of tonight.',
  'path-easy': 'yes',
  'minutes-lost': '3',
})

/** What a reviewer signs, as the options of `review sign`. */
export const verdict = flags({
  decision: 'retro_approved',
  'gate-verdict': 'fix_gate',
  'security-impact': 'none',
  'diff-reviewed': true,
  'follow-up': 'lee@acme.example 2027-01-15 Make the test deterministic',
})
