import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ana, id, kofi } from '../testing/samples.ts'
import { createWorld, type World } from '../testing/world.ts'

const instant = '2026-11-23T12:00:00.000Z'
const digest = `sha256:${'a'.repeat(64)}`
const report = {
  format: 'breakglass-forum/1' as const,
  organization: 'acme',
  period: { from: '2026-10-24T12:00:00.000Z', to: instant },
  at: instant,
  headline: 'Fix payments/tests next.',
  questions: [{ gate: 'payments/tests', question: 'Who repairs it?' }],
  sections: [],
}
const publish = { to: '#ops', connected: false, words: 'The server knows no chat with the channel #ops.' }

let world: World
beforeEach(() => {
  world = createWorld({
    getForumReport: () => ({ report, publish }),
    holdForum: ({ body }) => ({
      id: id('fo'),
      heldAt: instant,
      chair: ana,
      recordedBy: ana,
      report: { digest, ...report.period },
      decisions: body.decisions.map(({ gate, question, decision, due }) => {
        return { gate, question: question ?? 'Who repairs it?', decision, owner: kofi, due }
      }),
      undecided: [],
    }),
    getAdvice: () => ({ advice: [], unmeasured: ['payments/tests'] }),
  })
})
afterEach(() => world.remove())

const sent = () => world.server.calls.at(-1)
const one = ['--gate', 'payments/tests', '--decision', 'Mend it', '--owner', 'kofi@acme.dev', '--due', '2026-12-15']

describe('report', () => {
  it('asks for a period that is over, and up to now of one that is not', async () => {
    await world.run(['report', '--period', '2026-Q3'])
    expect(sent()?.query).toEqual({ from: '2026-07-01T00:00:00.000Z', to: '2026-10-01T00:00:00.000Z' })
    await world.run(['report', '--period', '2026-Q4'])
    expect(sent()?.query).toEqual({ from: '2026-10-01T00:00:00.000Z' })
    expect((await world.run(['report', '--to', '2026-11-01'])).exit).toBe(2)
  })

  it('writes the form that the name of the file asks for, and says what is not posted', async () => {
    const { stdout, stderr } = await world.run(['report', '--out', 'r.html'])
    expect(stdout).toBe('')
    expect(stderr).toContain('knows no chat with the channel #ops')
    expect(readFileSync(path.join(world.directory, 'r.html'), 'utf8')).toMatch(/^<!doctype html>/)
    await world.run(['report', '--out', 'r.md'])
    expect(readFileSync(path.join(world.directory, 'r.md'), 'utf8')).toMatch(/^\*\*The forum of acme\*\*/)
  })

  it('prints one document with --json, and nothing beside it', async () => {
    expect(JSON.parse((await world.run(['report', '--json', '--format', 'markdown'])).stdout)).toEqual({
      report,
      publish,
    })
  })
})

describe('forum hold', () => {
  it('takes one decision in one line, and several in order', async () => {
    const { exit, stdout } = await world.run(['forum', 'hold', ...one])
    expect(exit).toBe(0)
    const decision = { gate: 'payments/tests', decision: 'Mend it', owner: 'kofi@acme.dev', due: '2026-12-15' }
    expect(sent()?.body).toEqual({ decisions: [decision] })
    expect(stdout).toContain('payments/tests: Mend it')
    await world.run(['forum', 'hold', ...one, ...one.map(word => word.replace('payments/tests', 'payments/lint'))])
    expect((sent()!.body as { decisions: { gate: string }[] }).decisions.map(({ gate }) => gate)).toEqual([
      'payments/tests',
      'payments/lint',
    ])
  })

  it('guesses no part of a decision, and records nothing without being told', async () => {
    expect(await world.run(['forum', 'hold', ...one.slice(0, 6)])).toMatchObject({ exit: 2 })
    expect(await world.run(['forum', 'hold'])).toMatchObject({ exit: 2 })
    expect(world.server.calls).toEqual([])
    expect(await world.run(['forum', 'hold', '--nothing-decided'])).toMatchObject({ exit: 0 })
    expect(sent()?.body).toEqual({ decisions: [] })
  })

  it('prints a template that, filled in, is a file that it reads', async () => {
    const { stdout } = await world.run(['forum', 'hold', '--template'])
    const template = JSON.parse(stdout) as { decisions: Record<string, string>[] }
    Object.assign(template.decisions[0]!, { decision: 'Mend it', owner: 'kofi@acme.dev', due: '2026-12-15' })
    writeFileSync(path.join(world.directory, 'forum.json'), JSON.stringify(template))
    expect(await world.run(['forum', 'hold', '--file', 'forum.json'])).toMatchObject({ exit: 0 })
    expect(sent()?.body).toEqual(template)
  })

  it('asks question after question at a terminal, and leaves open what is not answered', async () => {
    const typed = ['Mend it', 'kofi@acme.dev', 'soon', '2026-12-15']
    expect(await world.run(['forum', 'hold'], { terminal: 100, typed })).toMatchObject({ exit: 0 })
    expect(sent()?.body).toMatchObject({ decisions: [{ question: 'Who repairs it?', due: '2026-12-15' }] })
    await world.run(['forum', 'hold'], { terminal: 100, typed: [''] })
    expect(sent()?.body).toEqual({ decisions: [] })
  })
})

describe('advise', () => {
  it('says what was not measured', async () => {
    const { stdout } = await world.run(['advise'])
    expect(stdout).toContain('There is nothing to advise.')
    expect(stdout).toContain('Not measured: payments/tests.')
  })

  it('refuses numbers without a program, numbers that are none, and a program with errors', async () => {
    expect(await world.run(['advise', '--numbers', 'n.json'])).toMatchObject({ exit: 2 })
    writeFileSync(path.join(world.directory, 'bad.yaml'), 'organization: acme\n')
    expect(await world.run(['advise', 'bad.yaml'])).toMatchObject({ exit: 1 })
    const example = new URL('../../../../examples/tour.yaml', import.meta.url)
    writeFileSync(path.join(world.directory, 'good.yaml'), readFileSync(example))
    expect((await world.run(['advise', 'good.yaml', '--numbers', 'n.json'])).exit).toBe(4)
    writeFileSync(path.join(world.directory, 'n.json'), '{"format": "another"}')
    expect((await world.run(['advise', 'good.yaml', '--numbers', 'n.json'])).exit).toBe(2)
    expect((await world.run(['advise', 'good.yaml'])).exit).toBe(0)
    expect(existsSync(path.join(world.directory, 'good.yaml'))).toBe(true)
    expect(world.server.calls).toEqual([])
  })
})
