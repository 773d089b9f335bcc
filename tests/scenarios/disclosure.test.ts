import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { type EngineName, install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { makePayments, type Payments } from '../support/payments.ts'

/** Somebody goes around the hook and tells of it before the watcher sees it: the real programs on a real repository. */
describe.each(['sqlite', 'postgres'] as const)('a bypass that is told of first (%s)', (engine: EngineName) => {
  let acme: Installation
  let payments: Payments
  let past: string
  beforeAll(async () => {
    acme = await install(engine)
    payments = await makePayments(acme)
    past = await payments.commit('past')
    await payments.git(['push', '--quiet', 'origin', 'HEAD:refs/heads/elsewhere'])
    await payments.git(['update-ref', 'refs/heads/main', past], { cwd: payments.bare })
  })
  afterAll(() => acme.stop())

  const watch = () => acme.breakglass(['watch', '--repo', payments.bare, '--once'])
  const story = 'The hook hung for ten minutes, so I pushed past it by ssh'

  it('is thanked, and has its review', async () => {
    const told = await acme.breakglass(['disclose', `acme/payments@${past}`, ...flags({ ref: 'main', story })], {
      as: 'ana',
    })
    expect(told.code).toBe(0)
    expect(told.stdout).toContain('Thank you. It counts as told of; its review is rv_')
    const { reviews } = await acme.json<{ reviews: { of: string; gate: string }[] }>(['review', 'list'], {
      as: 'ana',
    })
    expect(reviews).toContainEqual(expect.objectContaining({ of: 'disclosure' }))
  })

  it('asks for the story where nobody can be asked, and takes nothing without it', async () => {
    const without = await acme.breakglass(['disclose', `acme/payments@${past}`], { as: 'ana' })
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('--story is missing')])
  })

  it('is no open finding when the watcher sees it, and counts as disclosed', async () => {
    expect((await watch()).code).toBe(0)
    const { findings } = await acme.json<{ findings: { state: string; new: string }[] }>(['finding', 'list', '--all'], {
      as: 'lee',
    })
    expect(findings).toMatchObject([{ state: 'resolved', new: `sha1:${past}` }])
    const show = ['gate', 'show', 'payments/tests', '--outcome', 'disclosed']
    for (let tries = 0; ; tries++) {
      const { landings } = await acme.json<{ landings: { after: string }[] }>(show, { as: 'lee' })
      if (landings.length > 0 || tries === 100) {
        expect(landings).toMatchObject([{ after: `sha1:${past}` }])
        break
      }
      await delay(200)
    }
  })

  it('stands in the list without a name for those it does not concern, and in the report', async () => {
    const list = await acme.breakglass(['disclosure', 'list'], { as: 'okoro' })
    expect(list.stdout).toContain('whoever did it')
    expect(list.stdout).not.toContain(story)
    const { disclosures } = await acme.json<{ disclosures: { id: string; story?: string; finding?: string }[] }>(
      ['disclosure', 'list'],
      { as: 'ana' },
    )
    expect(disclosures).toMatchObject([{ story, finding: expect.stringMatching(/^fd_/) }])
    const shown = await acme.breakglass(['disclosure', 'show', disclosures[0]?.id ?? ''], { as: 'ana' })
    expect(shown.stdout).toContain(story)
    // Days are counted some seconds after the landing.
    const told = /(\d+) of \1 unsanctioned bypass(es)? \(100 %\) (was|were) told of/
    for (let tries = 0; ; tries++) {
      const { stdout } = await acme.breakglass(['report'], { as: 'lee' })
      if (told.test(stdout) || tries === 60) {
        expect(stdout).toMatch(told)
        break
      }
      await delay(300)
    }
  })
})
