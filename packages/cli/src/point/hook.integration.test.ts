import { rmSync, writeFileSync } from 'node:fs'
import { type Commit, formatCarried } from '@breakglass/verify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGit } from './git.ts'
import { pointPath } from './home.ts'
import { judgePush, type PushVerdict } from './hook.ts'
import { wordsOfPush } from './hook-words.ts'
import { isClosed } from './judge.ts'
import { nextEvents, spoolLength } from './spool.ts'
import { makePoint, type PointKit } from './testing/point-kit.ts'
import { makeRepository, refLine, type TestRepository } from './testing/repository.ts'
import { gates, programWith } from './testing/world.ts'

const main = 'refs/heads/main'
let repository: TestRepository
let kit: PointKit
let base: Commit
let tip: Commit

beforeEach(async () => {
  repository = makeRepository()
  kit = await makePoint()
  kit.world.publish(programWith([gates.tests]))
  base = repository.commit()
  tip = repository.commit()
  repository.set(main, base)
})
afterEach(() => {
  kit.close()
  repository.close()
})

interface Options {
  env?: Record<string, string>
  others?: () => Promise<boolean>
  point?: PointKit['point']
}

function push(lines: string, { env = {}, others, point = kit.point }: Options = {}): Promise<PushVerdict> {
  const git = createGit({ dir: repository.bare, env: repository.env })
  return judgePush(point, { stdin: Buffer.from(lines), env, git, others: others ?? (async () => true) })
}

function handed(...values: string[]): Record<string, string> {
  return {
    GIT_PUSH_OPTION_COUNT: String(values.length),
    ...Object.fromEntries(values.map((value, index) => [`GIT_PUSH_OPTION_${index}`, value])),
  }
}

/** One word for a verdict: what opened, or the code of what did not. */
function codeOf(verdict: PushVerdict): string {
  if (verdict.outcome === 'unprotected') return 'unprotected'
  if (verdict.outcome === 'open') {
    return verdict.landings
      .flatMap(({ verdicts }) => verdicts.map(one => (isClosed(one) ? 'closed' : one.opens)))
      .join()
  }
  if (verdict.code !== 'gates') return verdict.code
  const codes = verdict.landings.flatMap(({ shape, verdicts }) => [
    ...(shape === undefined ? [] : [shape.code]),
    ...verdicts.filter(isClosed).map(({ closed }) => closed),
  ])
  return codes.join()
}

const grantHere = (wish = {}) => kit.server.grant({ commit: tip, at: kit.point.home.config.id, ...wish })

describe('what a push is', () => {
  it('leaves unprotected refs alone, and asks nobody', async () => {
    await push(refLine(main, base, tip))
    kit.server.asked.length = 0
    kit.server.isDown = true
    expect(codeOf(await push(refLine('refs/heads/topic', undefined, tip)))).toBe('unprotected')
    expect(codeOf(await push(refLine('refs/tags/main', undefined, tip)))).toBe('unprotected')
    expect(kit.server.asked).toEqual([])
  })

  it('refuses to delete a protected branch whatever is shown', async () => {
    const { carried } = grantHere()
    expect(codeOf(await push(refLine(main, base, undefined), { env: handed(`breakglass.grant=${carried}`) }))).toBe(
      'deletion',
    )
  })

  it('refuses to rewrite a protected branch whatever is shown', async () => {
    kit.server.pass(gates.tests, base)
    repository.set(main, tip)
    kit.server.grant({ commit: base, at: kit.point.home.config.id })
    expect(codeOf(await push(refLine(main, tip, base)))).toBe('rewrite')
  })

  it('is not deceived by a replace ref that makes a rewrite look like an advance', async () => {
    repository.git(repository.clone, 'checkout', '--quiet', '--orphan', 'other')
    const orphan = repository.commit()
    repository.git(repository.bare, 'replace', '--graft', orphan.slice(5), base.slice(5))
    kit.server.pass(gates.tests, orphan)
    expect(codeOf(await push(refLine(main, base, orphan)))).toBe('rewrite')
  })

  it('judges a push to a symbolic ref as one to its target', async () => {
    repository.git(repository.bare, 'symbolic-ref', 'refs/heads/alias', main)
    repository.git(repository.bare, 'symbolic-ref', 'refs/other/alias', 'refs/heads/alias')
    for (const ref of ['refs/heads/alias', 'refs/other/alias', 'HEAD']) {
      expect(codeOf(await push(refLine(ref, base, tip)))).toBe('no_result')
    }
    grantHere()
    expect(codeOf(await push(refLine('refs/other/alias', base, tip)))).toBe('grant')
  })

  it('judges the creation of a protected branch as a landing, also by a symbolic ref that leads nowhere yet', async () => {
    repository.git(repository.bare, 'symbolic-ref', 'refs/heads/alias', 'refs/heads/release/9')
    expect(codeOf(await push(refLine('refs/heads/alias', undefined, tip)))).toBe('no_result')
    expect(codeOf(await push(refLine('refs/heads/release/1', undefined, tip)))).toBe('no_result')
    kit.server.pass(gates.tests, tip)
    expect(codeOf(await push(refLine('refs/heads/release/1', undefined, tip)))).toBe('pass')
  })

  it('refuses two moves of one branch in one push', async () => {
    repository.git(repository.bare, 'symbolic-ref', 'refs/heads/alias', main)
    const lines = refLine(main, base, tip) + refLine('refs/heads/alias', base, base)
    expect(codeOf(await push(lines))).toBe('bad_push')
  })

  it('refuses what is no commit, and a branch that has moved meanwhile, before anything is spent', async () => {
    const tree = `sha1:${repository.git(repository.bare, 'rev-parse', `${tip.slice(5)}^{tree}`)}` as Commit
    expect(codeOf(await push(refLine(main, base, tree)))).toBe('not_a_commit')
    repository.set(main, tip)
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('ref_moved')
  })

  it('is all or nothing', async () => {
    kit.server.pass(gates.tests, tip)
    const grant = kit.server.grant({ commit: tip, at: kit.point.home.config.id, ref: 'refs/heads/release/1' })
    const lines =
      refLine(main, base, tip) +
      refLine('refs/heads/release/1', undefined, base) +
      refLine('refs/heads/x', undefined, tip)
    expect(codeOf(await push(lines))).toBe('grant_wrong_commit')
    expect(grant.keys).toEqual([])
    expect(spoolLength(kit.point.journal)).toBe(0)
  })

  it('refuses hostile lines and options in words', async () => {
    expect(codeOf(await push('no ref line\n'))).toBe('bad_push')
    const unknown = handed('breakglass.grnat=x')
    expect(codeOf(await push(refLine(main, base, tip), { env: unknown }))).toBe('bad_push_option')
    const others = handed('ci.skip', 'merge_request.create')
    expect(codeOf(await push(refLine(main, base, tip), { env: others }))).toBe('no_result')
  })
})

describe('what opens', () => {
  it('is a pass, held for the day the server is away', async () => {
    kit.server.pass(gates.tests, tip)
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('pass')
    kit.server.isDown = true
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('pass')
  })

  it('is a receipt that was handed over, without the server', async () => {
    const receipt = kit.world.receipt({ gate: gates.tests, commit: tip })
    await push(refLine(main, base, tip))
    kit.server.isDown = true
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('no_result')
    expect(codeOf(await push(refLine(main, base, tip), { env: handed(`breakglass.receipt=${receipt}`) }))).toBe('pass')
  })

  it('is an online grant, spent once at the server, with an event for the record', async () => {
    const grant = grantHere()
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('grant')
    expect(grant.keys).toHaveLength(1)
    expect(kit.server.reports.map(({ kind }) => kind)).toEqual(['point.allowed', 'point.used'])
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('grant')
    expect(grant.keys).toHaveLength(1)
  })

  it('is an offline grant as a push option, and the next landing is refused', async () => {
    const { carried } = kit.world.grant({ commit: tip, at: kit.point.home.config.id, mode: 'offline' })
    await push(refLine(main, base, tip))
    kit.server.isDown = true
    const env = handed(`breakglass.grant=${carried}`)
    expect(codeOf(await push(refLine(main, base, tip), { env }))).toBe('grant')
    expect(codeOf(await push(refLine(main, base, tip), { env }))).toBe('grant')
    repository.git(repository.bare, 'update-ref', '-d', main)
    expect(codeOf(await push(refLine(main, undefined, tip), { env }))).toBe('grant_used')
    expect(nextEvents(kit.point.journal, 10)).toHaveLength(3)
  })

  it('is not an online grant without the server, which says so', async () => {
    const { carried } = grantHere()
    await push(refLine('refs/heads/release/1', undefined, tip))
    kit.server.isDown = true
    const env = handed(`breakglass.grant=${carried}`)
    expect(codeOf(await push(refLine(main, base, tip), { env }))).toBe('grant_needs_server')
  })

  it('is nothing when the spend gets no answer; the same push then gets the same answer', async () => {
    const grant = grantHere()
    kit.server.mute.add('spendGrants')
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('spend_unanswered')
    expect(grant.keys).toHaveLength(1)
    kit.server.mute.clear()
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('grant')
    expect(grant.keys).toHaveLength(1)
  })

  it('is nothing of a revoked grant, with what the server says of it', async () => {
    grantHere().live = false
    kit.server.notes.push({ gate: gates.tests, words: 'revoked at 03:10\u001b[2J' })
    const verdict = await push(refLine(main, base, tip))
    expect(codeOf(verdict)).toBe('no_result')
    expect(wordsOfPush(verdict).join('\n')).toContain('the server says: revoked at 03:10 [2J')
  })

  it('is leave to pass while unavailable, asked for only when all else is open', async () => {
    kit.world.publish(programWith([gates.tests, gates.style]))
    kit.server.pass(gates.style, tip, 'could_not_run')
    expect(codeOf(await push(refLine(main, base, tip)))).toContain('no_result')
    expect(kit.server.asked).not.toContain('passUnavailable')
    kit.server.pass(gates.tests, tip)
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('pass,pass_when_unavailable')
    expect(kit.server.reports.map(({ kind }) => kind)).toContain('point.passed_unavailable')
  })

  it('is not leave that the server gave without logging it', async () => {
    kit.world.publish(programWith([gates.style]))
    kit.server.pass(gates.style, tip, 'could_not_run')
    kit.server.mayPass = 'unlogged'
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('window_not_logged')
    kit.server.mayPass = 'needs_person'
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('could_not_run')
  })

  it('is nothing while another hook says no, and then nothing is spent', async () => {
    const grant = grantHere()
    expect(codeOf(await push(refLine(main, base, tip), { others: async () => false }))).toBe('other_hook')
    expect(grant.keys).toEqual([])
  })
})

describe('the program', () => {
  it('closes everything until a bundle was accepted, and says what to run', async () => {
    const fresh = await makePoint({ synced: false })
    try {
      fresh.server.isDown = true
      const verdict = await push(refLine('refs/heads/topic', undefined, tip), { point: fresh.point })
      expect(codeOf(verdict)).toBe('no_program')
      expect(wordsOfPush(verdict).join('\n')).toContain('breakglass hook sync')
    } finally {
      fresh.close()
    }
  })

  it('is taken in its newest version on the way, with the gates it adds', async () => {
    kit.server.pass(gates.tests, tip)
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('pass')
    kit.world.publish(programWith([gates.tests, gates.smoke]))
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('no_result')
  })

  it('is never taken back to an earlier version, and never without its proof', async () => {
    kit.world.publish(programWith([gates.tests, gates.smoke]))
    await push(refLine(main, base, tip))
    const { world } = kit
    const { program, bundle } = world
    const forged = { ...bundle, proof: '' }
    world.bundle = forged
    world.bundleIndex += 100
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('no_result,no_result')
    expect(Object.keys(program.gates)).toHaveLength(2)
  })

  it('is verified anew from the disk each time', async () => {
    writeFileSync(pointPath(kit.dir, 'bundle'), JSON.stringify({ v: 1, ...kit.world.bundle, resolved: '{}' }))
    kit.server.isDown = true
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('bad_bundle')
    rmSync(pointPath(kit.dir, 'bundle'))
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('no_program')
  })

  it('protects its own source from grants and waivers', async () => {
    const { id, ...rest } = kit.world.program.gates[gates.tests]!.on.repositories[0]!
    expect(rest.name).toBe('acme/payments')
    kit.world.publish({
      ...programWith([gates.tests]),
      source: { repository: id, ref: 'main', path: 'breakglass.yaml' },
    })
    grantHere()
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('program_source')
  })
})

/** I4: the server's own key signs all of these, or the server lists them; none is in the ledger as it stands. */
describe('what the server says without the ledger', () => {
  const list = (jws: string, id: string, proof: string) => kit.server.listGrant(id, formatCarried({ jws, proof }))

  it('opens nothing: never logged', async () => {
    const { id, jws } = kit.world.grantStatement({ commit: tip, at: kit.point.home.config.id })
    const grant = list(jws, id, '')
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('grant_not_logged')
    expect(grant.keys).toEqual([])
  })

  it("opens nothing: another entry's proof", async () => {
    const { id, jws } = kit.world.grantStatement({ commit: tip, at: kit.point.home.config.id })
    list(jws, id, kit.world.ledger.proof(1))
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('grant_not_logged')
  })

  it('opens nothing: a waiver without proof', async () => {
    kit.server.waivers.push({ gate: gates.tests, ref: main, carried: kit.world.waiver({}, false) })
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('waiver_not_logged')
  })

  it('opens nothing: a receipt of another gate, commit or repository', async () => {
    const jws = kit.world.receipt({ gate: gates.smoke, commit: tip })
    kit.server.receipts.push({ gate: gates.tests, commit: tip, jws })
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('no_result')
    const other = kit.world.receipt({ gate: gates.tests, commit: base })
    kit.server.receipts.push({ gate: gates.tests, commit: tip, jws: other })
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('no_result')
  })

  it('opens nothing: a log with two faces', async () => {
    grantHere()
    await push(refLine(main, base, tip), { others: async () => false })
    const { id, jws } = kit.world.grantStatement({ commit: tip, at: kit.point.home.config.id })
    const fork = kit.world.ledger.forked(jws)
    const proof = fork.proof(fork.size - 1)
    list(jws, id, proof)
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('ledger_inconsistent')
    // From now on nothing helps, a pass as little as a true grant.
    kit.server.grants.length = 0
    kit.server.pass(gates.tests, tip)
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('ledger_inconsistent')
  })
})

describe('the clock', () => {
  it('closes when it stands more than a minute from the server either way', async () => {
    kit.server.pass(gates.tests, tip)
    for (const [skewMs, expected] of [
      [60_000, 'pass'],
      [60_001, 'clock_wrong'],
      [-60_000, 'pass'],
      [-60_001, 'clock_wrong'],
    ] as const) {
      kit.server.skewMs = skewMs
      expect(codeOf(await push(refLine(main, base, tip)))).toBe(expected)
    }
  })

  it('closes offline when it stands behind a time that was verified', async () => {
    kit.server.pass(gates.tests, tip)
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('pass')
    kit.server.isDown = true
    kit.world.nowMs -= 60_001
    expect(codeOf(await push(refLine(main, base, tip)))).toBe('clock_wrong')
  })

  it('finds itself behind by a grant that is not valid yet', async () => {
    const { carried } = kit.world.grant({ commit: tip, at: kit.point.home.config.id, mode: 'offline' })
    await push(refLine(main, base, tip), { others: async () => false })
    kit.server.isDown = true
    kit.world.nowMs -= 86_400_000
    const env = handed(`breakglass.grant=${carried}`)
    expect(codeOf(await push(refLine(main, base, tip), { env }))).toBe('clock_wrong')
  })

  it('does not bring an expired grant back to life when it is turned back', async () => {
    const { carried } = kit.world.grant({ commit: tip, at: kit.point.home.config.id, mode: 'offline', ttlSeconds: 60 })
    const env = handed(`breakglass.grant=${carried}`)
    kit.world.nowMs += 60_000
    kit.server.pass(gates.tests, base)
    kit.server.pass(gates.tests, tip, 'fail')
    expect(codeOf(await push(refLine(main, base, tip), { env }))).toBe('grant_expired')
    kit.server.isDown = true
    kit.world.nowMs -= 30_000
    expect(codeOf(await push(refLine(main, base, tip), { env }))).toBe('grant_expired')
  })
})

it('spends one grant once when two pushes come at one moment', async () => {
  kit.world.publish(programWith([gates.tests]))
  const { carried } = kit.world.grant({ commit: tip, at: kit.point.home.config.id, mode: 'offline' })
  await push(refLine(main, base, tip), { others: async () => false })
  kit.server.isDown = true
  const env = handed(`breakglass.grant=${carried}`)
  const other = `sha1:${repository.git(repository.clone, 'rev-parse', `${base.slice(5)}`)}` as Commit
  const second = kit.reopen()
  // The same grant for another landing: the branch stands elsewhere when the second push is judged.
  let release = (): void => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  const first = push(refLine(main, other, tip), { env, others: () => held.then(() => true) })
  repository.git(repository.bare, 'update-ref', '-d', main)
  const racing = push(refLine(main, undefined, tip), { env, point: second, others: () => held.then(() => true) })
  release()
  const codes = [codeOf(await first), codeOf(await racing)].sort()
  expect(codes).toEqual(['grant', 'grant_used'])
})
