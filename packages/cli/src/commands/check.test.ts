import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWorld, type World } from '../testing/world.ts'

const examples = new URL('../../../../examples/', import.meta.url).pathname

let world: World
beforeEach(() => {
  world = createWorld({
    checkProgram: () => ({ ok: true, remarks: [], class: 'first' as const, changes: [] }),
  })
})
afterEach(() => world.remove())

const write = (text: string) => writeFileSync(path.join(world.directory, 'breakglass.yaml'), text)
const tour = readFileSync(path.join(examples, 'tour.yaml'), 'utf8')

describe('check', () => {
  it('needs no server, and takes every example without an error', async () => {
    cpSync(examples, world.directory, { recursive: true })
    for (const file of ['breakglass.yaml', 'tour.yaml']) {
      const { exit, stdout, stderr } = await world.run(['check', file])
      expect({ file, exit, said: stdout.includes(' error ') }).toEqual({ file, exit: 0, said: false })
      expect(stderr).toContain('was not checked')
    }
    expect(world.server.calls).toEqual([])
  })

  it('says rule, place, reason and remedy of an error, and ends with 1', async () => {
    write(tour.replace('who: [on-call]', 'who: [on-cal]'))
    const { exit, stdout } = await world.run(['check', '--json'])
    expect(exit).toBe(1)
    const { ok, remarks }: { ok: boolean; remarks: Record<string, unknown>[] } = JSON.parse(stdout)
    expect(ok).toBe(false)
    const line = tour.split('\n').findIndex(text => text.includes('who: [on-call]')) + 1
    expect(remarks.find(({ level }) => level === 'error')).toMatchObject({
      rule: 'unknown_reference',
      file: 'breakglass.yaml',
      line,
    })
    const shown = await world.run(['check'])
    expect(shown.stdout).toContain(`breakglass.yaml:${line}:`)
    expect(shown.stdout).toContain('it could not be published')
  })

  it('asks the server where it is told to', async () => {
    write(tour)
    expect((await world.run(['check', '--remote'])).exit).toBe(0)
    expect(world.server.calls.map(({ route }) => route)).toEqual(['checkProgram'])
  })

  it('prints the schema that editors use', async () => {
    const { stdout } = await world.run(['check', '--schema'])
    expect(JSON.parse(stdout)).toMatchObject({ type: 'object' })
  })
})
