import { describe, expect, it } from 'vitest'
import { runCommand } from './run-command.ts'

const wish = { cwd: '/', env: { PATH: process.env['PATH'] ?? '' }, timeoutMs: 10_000, isTerminal: false }
const never = new AbortController().signal
const sh = (script: string) => ['/bin/sh', '-c', script] as const

describe('a command', () => {
  it.each([
    ['exit 0', 'pass'],
    ['exit 1', 'fail'],
    ['exit 74', 'fail'],
    ['exit 75', 'could_not_run'],
    ['exit 127', 'fail'],
    ['kill -TERM $$', 'could_not_run'],
  ] as const)('that does %s is a %s', async (script, result) => {
    expect(await runCommand({ ...wish, command: sh(script), signal: never })).toMatchObject({ result })
  })

  it('that the runner was told to stop could not run, even if it ends well', async () => {
    const stop = new AbortController()
    const ran = runCommand({
      ...wish,
      command: sh('trap "exit 0" TERM; while :; do sleep 0.02; done'),
      signal: stop.signal,
    })
    stop.abort()
    expect(await ran).toMatchObject({ result: 'could_not_run' })
  })

  it('at a terminal is ended too', async () => {
    const ran = await runCommand({
      ...wish,
      isTerminal: true,
      timeoutMs: 50,
      command: ['/bin/sleep', '600'],
      signal: never,
    })
    expect(ran).toMatchObject({ result: 'could_not_run' })
  })

  it('that cannot be started could not run', async () => {
    expect(await runCommand({ ...wish, command: ['/nowhere'], signal: never })).toMatchObject({
      result: 'could_not_run',
    })
  })
})
