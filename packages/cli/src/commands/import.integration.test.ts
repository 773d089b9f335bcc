import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { importHistory } from '../../../../tests/support/git-history.ts'
import { createWorld, type World } from '../testing/world.ts'

let world: World
let directory = ''
beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'breakglass-import-')), 'payments.git')
  const at = (day: string) => Date.parse(`${day}T12:00:00Z`) / 1000
  await importHistory(directory, [
    { message: 'one', committedAt: at('2025-12-31') },
    { message: 'two\n\nNo-Try: true', committedAt: at('2026-01-05') },
    { message: 'Revert two\n\nNo-Try: true', committedAt: at('2026-01-05') },
    { message: 'three\n\nTBR=ada', committedAt: at('2026-01-07') },
  ])
  world = createWorld({
    importDays: ({ body }) => ({ digest: `sha256:${'0'.repeat(64)}` as const, days: body.days.length, already: false }),
  })
})
afterEach(() => {
  world.remove()
  rmSync(join(directory, '..'), { recursive: true, force: true })
})

describe('import', () => {
  it('sends the days of the gates that it is told of, a batch a year, and nobody’s name', async () => {
    const { exit, stdout, stderr } = await world.run(['import', directory, '--gate', 'tryjobs=pay/tests', '--json'])
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    const sent = world.server.calls.filter(({ route }) => route === 'importDays').map(({ body }) => body)
    expect(sent).toMatchObject([
      { name: 'pay/tests 2025', days: [{ day: '2025-12-31', passages: 1, bypassed: 0, rollbacks: 0 }] },
      {
        name: 'pay/tests 2026',
        days: [
          { gate: 'pay/tests', day: '2026-01-05', passages: 2, bypassed: 2, rollbacks: 1 },
          { gate: 'pay/tests', day: '2026-01-07', passages: 1, bypassed: 0, rollbacks: 0 },
        ],
      },
    ])
    expect(JSON.stringify(sent)).not.toMatch(/ada|example\.org/)
    expect(JSON.parse(stdout)).toMatchObject({ batches: [{ name: 'pay/tests 2025', days: 1 }, { days: 2 }] })
  })

  it('sends nothing when it is asked only what it would send', async () => {
    const { exit, stdout } = await world.run(['import', directory, '--gate', 'owners=pay/owners', '--dry-run'])
    expect(exit).toBe(0)
    expect(stdout).toContain('pay/owners 2026: 2 days, not sent')
    expect(world.server.calls).toEqual([])
  })

  it.each([
    [[], '--gate is missing'],
    [['--gate', 'tryjobs'], 'expected MARK=GATE'],
    [['--gate', 'trybots=pay/tests'], 'this history has tryjobs, presubmit, tree, owners, and no trybots'],
  ])('says what is wrong with %j', async (args, said) => {
    const { exit, stderr } = await world.run(['import', directory, ...args])
    expect(exit).toBe(2)
    expect(stderr).toContain(said)
    expect(world.server.calls).toEqual([])
  })
})
