import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWorld, type World } from '../testing/world.ts'

const example = (name: string) => readFileSync(new URL(`../../../../examples/${name}`, import.meta.url), 'utf8')
const program = example('breakglass.yaml')

let world: World
beforeEach(() => {
  world = createWorld()
  put('breakglass.yaml', program)
  for (const name of ['gates/platform.yaml', 'calendars/de-be.yaml']) put(name, example(name))
})
afterEach(() => world.remove())

function put(name: string, text: string): void {
  const file = path.join(world.directory, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** One replacement in the example; one that changes nothing would test nothing. */
function putChanged(from: string, to: string): void {
  expect(program).toContain(from)
  put('breakglass.yaml', program.replace(from, to))
}

function commit(): void {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: world.directory, env: world.env, stdio: 'ignore' })
  git('init', '--quiet', '--initial-branch=main')
  git('remote', 'add', 'origin', 'https://git.acme.example/acme/payments.git')
  git('add', '.')
  git('-c', 'user.name=X', '-c', 'user.email=ana@acme.dev', 'commit', '--quiet', '-m', 'x')
}

describe('check', () => {
  it('finds nothing in a good program, asks no server, and says what it did not check', async () => {
    const { exit, stdout, stderr } = await world.run(['check'])
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^no errors, no .* of advice\.\n$/)
    expect(stderr).toMatch(/^note: whether its repositories are registered was not checked; .*\n$/)
    expect(world.server.calls).toEqual([])
  })

  it('ends with 1 on an error, and says where it is, why, and what to do', async () => {
    putChanged('    check: smoke\n', '    chek: smoke\n')
    const { exit, stdout } = await world.run(['check'])
    expect(exit).toBe(1)
    const line = program.split('\n').indexOf('    check: smoke') + 1
    expect(stdout).toContain(`breakglass.yaml:${line}:5 error unknown_key (gates.payments/smoke.chek): `)
    expect(stdout).toContain('    → did you mean check?\n')
    expect(stdout).toMatch(/^1 error, no .* of advice: it could not be published\.\n$/m)
  })

  it('ends with 0 on advice alone', async () => {
    putChanged('drills: { every: 90d }\n', '')
    const { exit, stdout } = await world.run(['check'])
    expect(exit).toBe(0)
    expect(stdout).toContain('advice no_drills (drills): ')
    expect(stdout).toMatch(/^no errors, 1 .* of advice\.\n$/m)
  })

  it('names the included file in which something is wrong', async () => {
    put('gates/platform.yaml', 'gates: []\n')
    const { exit, stdout } = await world.run(['check'])
    expect(exit).toBe(1)
    expect(stdout).toContain('gates/platform.yaml:1:8 error wrong_value (gates): ')
  })

  it('prints one JSON document for a script', async () => {
    putChanged('drills: { every: 90d }\n', '')
    const { stdout } = await world.run(['check', 'breakglass.yaml', '--json'])
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      remarks: [expect.objectContaining({ rule: 'no_drills', level: 'advice', file: 'breakglass.yaml' })],
      remote: false,
    })
  })

  it('finds a gate on the program’s own source before it is published', async () => {
    commit()
    const { exit, stdout } = await world.run(['check'])
    expect(exit).toBe(1)
    expect(stdout).toContain('gate_opens_program_source (gates.payments/integration-tests.break_glass)')
  })

  it('says that there is no file', async () => {
    expect((await world.run(['check', 'nothing.yaml'])).exit).toBe(4)
  })
})

describe('check --remote', () => {
  const change = { path: 'gates.lint.ttl', class: 'widening' as const, was: '30 min', is: '2 h', why: 'it is longer' }

  it('prints what the server says of it, and what it would widen', async () => {
    world.server.handlers = { checkProgram: () => ({ ok: true, remarks: [], class: 'widening', changes: [change] }) }
    commit()
    const { exit, stdout, stderr } = await world.run(['check', '--remote'])
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(stdout).toContain('WIDENS  gates.lint.ttl: it is longer')
    expect(stdout).toContain('Against the program in force: widening.')
    // With where it is committed, as `program publish` would send it.
    expect(world.server.calls[0]?.body).toMatchObject({
      file: 'breakglass.yaml',
      files: { 'gates/platform.yaml': example('gates/platform.yaml') },
      source: { repository: 'acme/payments', ref: 'refs/heads/main', path: 'breakglass.yaml' },
    })
  })

  it('ends with 1 when the server finds an error', async () => {
    const remark = { level: 'error' as const, file: 'breakglass.yaml', line: 1, column: 1, path: '', remedy: 'Mend.' }
    world.server.handlers = {
      checkProgram: () => ({ ok: false, remarks: [{ ...remark, rule: 'ambiguous_repository', reason: 'Twice.' }] }),
    }
    const { exit, stdout } = await world.run(['check', '--remote', '--json'])
    expect(exit).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, remote: true })
  })

  it('needs somebody who is signed in', async () => {
    world.env = { ...world.env, BREAKGLASS_SERVER: '', BREAKGLASS_TOKEN: '' }
    expect((await world.run(['check', '--remote'])).exit).toBe(3)
  })
})

describe('check --schema', () => {
  it('prints the JSON Schema of the program file, without any', async () => {
    const { exit, stdout } = await world.run(['check', '--schema'], { cwd: path.join(world.directory, 'gates') })
    expect(exit).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: ['organization', 'timezone', 'owners'],
    })
  })
})
