import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { type EngineName, install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { gates, makePayments, type Payments } from '../support/payments.ts'

interface Shown {
  numbers: { coverage: { words: string[] } }
}

const nobody = 'Too few landings say who made them'

/** Who landed a change and what became of it, told by the hook, the watcher and people: the real programs. */
describe.each(['sqlite', 'postgres'] as const)('what becomes of a landing (%s)', (engine: EngineName) => {
  let acme: Installation
  let payments: Payments
  let bad: string
  beforeAll(async () => {
    acme = await install(engine)
    payments = await makePayments(acme)
  })
  afterAll(() => acme.stop())

  const pushAs = async (account: string, commit: string) => {
    for (const gate of gates) await payments.report(gate, commit, 'pass')
    const pushed = await payments.git(['push', 'origin', 'HEAD:main'], { env: { GL_USER: account } })
    expect(pushed.stderr).not.toContain('refused')
    expect(pushed.code).toBe(0)
  }
  const unseen = async (): Promise<string> =>
    (await acme.json<Shown>(['gate', 'show', 'payments/tests'], { as: 'lee' })).numbers.coverage.words.join(' ')
  const isSaid = async (words: string, wanted: boolean): Promise<boolean> => {
    for (let tries = 0; ; tries++) {
      if ((await unseen()).includes(words) === wanted) return true
      if (tries === 100) return false
      await delay(200)
    }
  }

  it('knows who pushed when the installation says where to look, and no name is in what the hook keeps', async () => {
    const trust = ['--name', 'acme/payments', '--trust', acme.trustFile, ...flags({ host: 'git.acme.example' })]
    const hook = ['hook', 'install', '--repo', payments.bare, ...trust, '--pusher', 'GL_USER=git.acme.example']
    expect((await acme.breakglass(hook, { as: 'admin' })).code).toBe(0)
    const doctor = await acme.breakglass(['hook', 'doctor', '--repo', payments.bare], { as: 'admin' })
    expect(doctor.stdout).toContain('known by GL_USER')
    bad = await payments.commit('bad')
    await pushAs('Annie', bad)
    expect(await isSaid(nobody, true)).toBe(true)
    const link = ['person', 'link', 'ana@acme.example', 'git.acme.example:annie']
    expect((await acme.breakglass(link, { as: 'admin' })).stdout).toContain('git.acme.example:annie')
    expect(await isSaid(nobody, false)).toBe(true)
    const journal = await readFile(join(payments.bare, 'breakglass/journal.db'))
    expect(journal.toString('latin1').toLowerCase()).not.toContain('annie')
  })

  it('is taken back, which the watcher tells', async () => {
    await payments.git(['revert', '--no-edit', bad])
    const revert = (await payments.git(['rev-parse', 'HEAD'])).stdout.trim()
    await pushAs('Annie', revert)
    const watch = await acme.breakglass(['watch', '--repo', payments.bare, '--once'])
    expect(watch.stdout).toContain(`taken back: refs/heads/main ${bad.slice(0, 12)}, by ${revert.slice(0, 12)}`)
  })

  it('is named as the cause of an incident, by its change and nobody’s name', async () => {
    const opened = ['incident', 'open', 'Payments fail', '--severity', 'SEV2']
    const { id } = await acme.json<{ id: string }>(opened, { as: 'okoro' })
    const cause = ['incident', 'cause', id, `acme/payments@${bad}`]
    expect(await acme.json(cause, { as: 'okoro' })).toMatchObject({ landings: 1, already: false })
    const list = await acme.json<{ incidents: unknown[] }>(['incident', 'list'], { as: 'lee' })
    expect(list.incidents).toMatchObject([{ causes: [{ repository: 'acme/payments', commit: `sha1:${bad}` }] }])
    expect((await acme.breakglass([...cause, '--withdraw'], { as: 'lee' })).stdout).toContain('is no cause')
  })
})
