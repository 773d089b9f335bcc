import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseStatement } from '@breakglass/verify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { makePayments, paymentsProgram, type Payments } from '../support/payments.ts'
import { atClock } from './attack-support/clock.ts'

/**
 * The numbers are read, or nobody knows. A program names a forum every thirty days; the report comes by itself, nobody comes
 * to the meeting, somebody hears of it, the forum is held, and the next report begins with what it decided. Everything
 * began 45 days ago.
 */
describe('a forum', () => {
  let acme: Installation
  let payments: Payments
  const text = `${paymentsProgram}forum: { every: 30d, chair: lee@acme.example, publish: "#ops-review" }\n`

  /** A job runs within a moment of the start; the wait has a bound. */
  async function until<T>(ask: () => Promise<T>, isThere: (found: T) => boolean): Promise<T> {
    for (let tries = 0; ; tries++) {
      const found = await ask()
      if (isThere(found) || tries === 100) return found
      await delay(100)
    }
  }
  const start = async () => {
    await acme.startLedger()
    await acme.startServer()
  }
  const stop = async () => {
    await acme.server.stop()
    await acme.ledger.stop()
  }
  const list = () => acme.json<Listed>(['forum', 'list'], { as: 'lee' })
  const status = (as: string) => acme.json<Status>(['status'], { as })

  beforeAll(async () => {
    await atClock('-45d', async () => {
      acme = await install('sqlite')
      payments = await makePayments(acme)
      await writeFile(join(acme.dir, 'forum.yaml'), text)
      await acme.json(['program', 'publish', 'forum.yaml'], { as: 'mina' })
      await acme.json(['incident', 'open', '--severity', 'SEV1', 'payments down'], { as: 'lee' })
      const fix = await payments.commit('fix')
      await payments.report('payments/smoke', fix, 'pass')
      await payments.report('payments/tests', fix, 'fail')
      const reason = 'payments are down and the fix waits behind a flaky test'
      await acme.json(['open', `acme/payments@${fix}`, ...flags({ ref: 'main', gate: 'payments/tests', reason })], {
        as: 'ana',
      })
      expect((await payments.push()).code).toBe(0)
      expect(await list()).toMatchObject({ forums: [], reports: [], missed: false })
      await stop()
    })
  })
  afterAll(() => acme.stop())

  it('has its report delivered when it is due, to whoever chairs it and who owns the gates', async () => {
    await atClock('-14d', async () => {
      await start()
      const { reports, missed } = await until(list, found => found.reports.length > 0)
      expect(reports).toHaveLength(1)
      expect(missed).toBe(false)
      for (const person of ['lee', 'mina']) {
        const { notices } = await status(person)
        expect(notices.filter(({ subject }) => subject === reports[0]!.id)).toHaveLength(1)
      }
      const shown = await acme.breakglass(['forum', 'show', reports[0]!.id], { as: 'lee' })
      expect(shown.stdout).toContain('Which gate to fix next')
      expect(shown.stdout).toContain('0 of 1 review that fell due are signed')
      // Nobody is named who broke the glass.
      expect(shown.stdout).not.toMatch(/\bana\b/i)
      await stop()
    })
  })

  it('that nobody holds is an alarm a week later', async () => {
    await start()
    const { alarms } = await until(
      () => status('lee'),
      found => found.alarms.some(({ kind }) => kind === 'forum_missed'),
    )
    expect(alarms.filter(({ kind }) => kind === 'forum_missed')).toHaveLength(1)
    expect((await acme.breakglass(['forum', 'list'], { as: 'lee' })).stdout).toContain('MISSED')
  })

  it('is recorded by its chair and by nobody else, without a prompt where there is no terminal', async () => {
    expect(await acme.breakglass(['forum', 'hold'], { as: 'lee' })).toMatchObject({ code: 2 })
    expect(await acme.breakglass(['forum', 'hold', '--nothing-decided'], { as: 'ana' })).toMatchObject({ code: 3 })
    const decision = {
      gate: 'payments/tests',
      question: 'Why was it red on good code?',
      decision: 'Quarantine the flaky case and repair it.',
      owner: 'mina@acme.example',
      due: '2020-01-01',
    }
    await writeFile(join(acme.dir, 'forum.json'), JSON.stringify({ decisions: [decision] }))
    const held = await acme.breakglass(['forum', 'hold', '--file', 'forum.json'], { as: 'lee' })
    expect(held).toMatchObject({ code: 0 })
    expect(held.stdout).toContain('Quarantine the flaky case')
    const { alarms } = await status('lee')
    expect(alarms.filter(({ kind }) => kind === 'forum_missed')).toEqual([])
  })

  it('is on the record without a word of what was said, with the report that it read', async () => {
    const { forums } = await list()
    const file = join(acme.dir, 'held.json')
    const show = () =>
      acme.json<{ entries: { statement: string }[] }>(['show', forums[0]!.id, '--out', file], { as: 'lee' })
    const { entries } = await until(show, found => found.entries.length > 0)
    const parsed = parseStatement(entries[0]!.statement)
    if (!parsed.ok) throw new Error('expected a statement that can be read')
    const { kind, body } = parsed.value.envelope
    expect(kind).toBe('forum.held')
    expect(body).toMatchObject({
      report: { digest: forums[0]!.report.digest },
      decisions: [{ gate: 'payments/tests' }],
    })
    expect(JSON.stringify(body)).not.toContain('Quarantine')
    expect(await acme.breakglass(['verify', file, '--trust', acme.trustFile])).toMatchObject({ code: 0 })
  })

  it('begins the next report, which judges by the records and is readable everywhere', async () => {
    const markdown = await acme.breakglass(['report', '--format', 'markdown'], { as: 'lee' })
    const [title, headline, first] = markdown.stdout.split('\n\n')
    expect(title).toContain('**The forum of acme**')
    expect(headline).toContain('1 decision of the last forum was not kept')
    expect(first).toContain('**What we decided last time**')
    expect(first).toContain('Not kept')
    expect(first).toContain('Quarantine the flaky case and repair it.')
    expect(markdown.stderr).toContain('knows no chat with the channel #ops-review')
    const page = await acme.breakglass(['report', '--period', '2026', '--out', 'report.html'], { as: 'lee' })
    expect(page).toMatchObject({ code: 0 })
    const html = await readFile(join(acme.dir, 'report.html'), 'utf8')
    expect(html).toContain('What we decided last time')
    expect(html).not.toMatch(/<script|src=|href="http/)
  })

  it('has advice on the program, whose change is a program', async () => {
    await writeFile(join(acme.dir, 'wide.yaml'), text.replace('ttl: 30m, uses: 1', 'ttl: 8h, uses: 5'))
    const { advice } = await acme.json<{ advice: { rule: string }[] }>(['advise', 'wide.yaml'])
    expect(advice.map(({ rule }) => rule)).toEqual(['just_in_time'])
    const { stdout } = await acme.breakglass(['advise', 'wide.yaml', '--diff'])
    await writeFile(join(acme.dir, 'advice.patch'), stdout)
    expect(await payments.git(['apply', '--unsafe-paths', 'advice.patch'], { cwd: acme.dir })).toMatchObject({
      code: 0,
    })
    expect(await acme.breakglass(['check', 'wide.yaml'])).toMatchObject({ code: 0 })
    expect(await readFile(join(acme.dir, 'wide.yaml'), 'utf8')).toContain('ttl: 30m, uses: 1')
    expect((await acme.breakglass(['advise'], { as: 'lee' })).code).toBe(0)
  })
})

interface Listed {
  forums: { id: string; report: { digest: string } }[]
  reports: { id: string }[]
  missed: boolean
}
interface Status {
  alarms: { kind: string }[]
  notices: { subject: string }[]
}
