import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Signer } from '@breakglass/verify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flags } from '../support/flags.ts'
import { install } from '../support/install.ts'
import type { Installation } from '../support/installation.ts'
import { makePayments, type Payments, paymentsProgram } from '../support/payments.ts'
import {
  type Granted,
  joinCarried,
  resign,
  splitCarried,
  stolenSigner,
  strangersSigner,
} from './attack-support/forge.ts'

/**
 * Invariant I4, attacked with everything that a rogue server or a thief would have: the server's own signing key, genuine
 * statements and proofs, the point's directory. The real hook refuses each in its own words, and the branch stays where it was.
 */
describe('what is not logged, or logged for something else, opens nothing', () => {
  let acme: Installation
  let payments: Payments
  let base: string
  let fix: string
  let other: string
  let genuine: string
  let key: Signer
  const bundle = () => join(payments.bare, 'breakglass', 'bundle.json')

  beforeAll(async () => {
    acme = await install('sqlite')
    payments = await makePayments(acme)
    base = await payments.tip()
    key = await stolenSigner(acme)
    await acme.json(['incident', 'open', '--severity', 'SEV1', 'payments down'], { as: 'lee' })
    fix = await blocked('fix')
    other = await blocked('other')
    genuine = await carriedOf(await open(fix))
  })
  afterAll(() => acme.stop())

  async function blocked(name: string): Promise<string> {
    const commit = await payments.commit(name)
    await payments.report('payments/smoke', commit, 'pass')
    await payments.report('payments/tests', commit, 'fail')
    return commit
  }

  async function open(commit: string, more: Record<string, string | true> = {}): Promise<string> {
    const point = (await pointIds('git_hook'))[0]!
    const asked = flags({ ref: 'main', gate: 'payments/tests', reason: 'the fix waits', at: point, ...more })
    const opened = await acme.json<{ grants: { id: string; state: string }[] }>(
      ['open', `acme/payments@${commit}`, ...asked],
      { as: 'ana' },
    )
    expect(opened.grants).toMatchObject([{ state: 'live' }])
    return opened.grants[0]!.id
  }

  async function pointIds(kind: string): Promise<string[]> {
    const { points } = await acme.api<{ points: { id: string; kind: string }[] }>('ana', '/points')
    return points.filter(point => point.kind === kind).map(({ id }) => id)
  }

  const carriedOf = async (grant: string) =>
    (await acme.api<{ carried: string }>('ana', `/glass/${grant}/proof`)).carried

  /** A grant as the server's own key would sign it, with whatever scope. */
  const mint = (scope: object, signer = key) =>
    resign(splitCarried(genuine).jws, {
      signer,
      subject: 'grant',
      body: (granted: Granted) => ({ ...granted, scope: { ...granted.scope, ...scope } }),
    })

  const handing = (option: string) => ['-o', option]
  const asGrant = (carried: string) => handing(`breakglass.grant=${carried}`)

  async function refused(words: string, push: readonly string[]): Promise<string> {
    const before = await payments.tip()
    const { code, stderr } = await payments.push(...push)
    expect(code, stderr).not.toBe(0)
    expect(stderr).toContain(words)
    expect(await payments.tip()).toBe(before)
    return stderr
  }

  const notLogged = 'is not shown to be in the ledger, so it opens nothing'
  const toMain = (commit: string) => `${commit}:refs/heads/main`

  it('refuses a grant that the server signed and never logged', async () => {
    const jws = mint({ change: { commit: `sha1:${other}` } })
    await refused(notLogged, [...asGrant(joinCarried({ jws, proof: '' })), toMain(other)])
  })

  it('refuses another statement that carries the proof of a logged one', async () => {
    const { proof } = splitCarried(genuine)
    const jws = mint({ change: { commit: `sha1:${other}` }, uses: 1 })
    await refused(notLogged, [...asGrant(joinCarried({ jws, proof })), toMain(other)])
  })

  it('refuses a logged grant whose bytes were changed, and one that a stranger signed', async () => {
    const { jws, proof } = splitCarried(genuine)
    const [header = '', payload = '', signature = ''] = jws.split('.')
    const widened = Buffer.from(Buffer.from(payload, 'base64url').toString('utf8').replace(fix, other)).toString(
      'base64url',
    )
    const altered = joinCarried({ jws: `${header}.${widened}.${signature}`, proof })
    await refused('no pinned issuer has signed these bytes', [...asGrant(altered), toMain(other)])
    const strange = mint({ change: { commit: `sha1:${other}` } }, strangersSigner())
    await refused('no pinned issuer has signed', [...asGrant(joinCarried({ jws: strange, proof })), toMain(other)])
  })

  it('refuses a genuine grant for another commit', async () => {
    await refused('is for another commit', [...asGrant(genuine), toMain(other)])
  })

  it.each([
    ['a grant that is no grant', 'breakglass.grant=bg1~no.such.grant~AA', 'opens nothing'],
    ['bytes of nothing', `breakglass.grant=${'~'.repeat(2_000)}`, 'the grant cannot be read'],
    ['an option that does not exist', 'breakglass.force=yes', 'is not known'],
    ['a grant without end', `breakglass.grant=${'A'.repeat(50_000)}`, 'is longer than 49152 characters'],
    ['a receipt of nothing', 'breakglass.receipt=e30.e30.e30', 'the receipt cannot be read'],
  ])('refuses %s', async (_, option, words) => {
    await refused(words, [...handing(option), toMain(other)])
  })

  it('refuses more push options than anybody needs', async () => {
    const options = Array.from({ length: 201 }, (_, index) => handing(`ci.${index}`))
    await refused('201 push options, at most 200', [...options.flat(), toMain(other)])
  })

  it("issues no receipt to another gate's reporter, and a receipt opens its own gate alone", async () => {
    const change = ['--change', `acme/payments@${other}`, '--result', 'pass', '--run', 'forged']
    const said = await acme.breakglass(['gate', 'result', 'payments/tests', ...change], {
      env: { BREAKGLASS_SERVER: acme.url, BREAKGLASS_REPORTER_TOKEN: payments.reporters['payments/smoke'] },
    })
    expect(said.code, said.stderr).toBe(3)
    const smoke = await receiptOf('payments/smoke', other)
    const words = await refused('payments/tests: closed', [...handing(`breakglass.receipt=${smoke}`), toMain(other)])
    expect(words).toContain('payments/smoke: open, it passed')
    const forged = resign(smoke, {
      signer: strangersSigner(),
      subject: 'receipt',
      body: (receipt: object) => ({ ...receipt, gate: 'payments/tests' }),
    })
    await refused('no pinned issuer has signed', [...handing(`breakglass.receipt=${forged}`), toMain(other)])
  })

  async function receiptOf(gate: string, commit: string): Promise<string> {
    const token = (await readFile(join(payments.bare, 'breakglass', 'token'), 'utf8')).trim()
    const changes = [{ ref: 'refs/heads/main', change: { commit: `sha1:${commit}` }, gates: [gate] }]
    const answer = await fetch(`${acme.url}/api/v1/points/self/evidence`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ changes, bundleIndex: 0 }),
    })
    const reply = (await answer.json()) as { changes: { gates: { receipts: string[] }[] }[] }
    return reply.changes[0]!.gates[0]!.receipts[0]!
  }

  it('stays closed over a program that is not in the ledger', async () => {
    const kept = await readFile(bundle(), 'utf8')
    const program: Record<string, string> = JSON.parse(kept)
    await writeFile(bundle(), `${JSON.stringify({ ...program, proof: '' })}\n`)
    await refused('the program bundle does not verify', [toMain(other)])
    const statement = resign(program['statement']!, { signer: key, subject: 'program', body: (body: object) => body })
    await writeFile(bundle(), `${JSON.stringify({ ...program, statement })}\n`)
    await refused('the program bundle does not verify', [toMain(other)])
    const resolved = program['resolved']!.replaceAll('payments/tests', 'payments/texts')
    await writeFile(bundle(), `${JSON.stringify({ ...program, resolved })}\n`)
    await refused('the program bundle does not verify', [toMain(other)])
    await writeFile(bundle(), kept)
    await refused('payments/tests: closed', [toMain(other)])
  })

  it('stays closed over an older program that was in the ledger', async () => {
    const older = `${bundle()}.older`
    await copyFile(bundle(), older)
    await writeFile(join(acme.dir, 'breakglass.yaml'), paymentsProgram.replace('ttl: 30m', 'ttl: 20m'))
    await acme.json(['program', 'publish', 'breakglass.yaml'], { as: 'mina' })
    await acme.json(['hook', 'sync', '--repo', payments.bare])
    const newer = await readFile(bundle(), 'utf8')
    await copyFile(older, bundle())
    await refused('program_rolled_back', [toMain(other)])
    await writeFile(bundle(), newer)
  })

  it('opens nothing with a grant that was revoked', async () => {
    const grant = await open(other)
    const carried = await carriedOf(grant)
    await acme.json(['revoke', grant, '--reason', 'mended another way'], { as: 'ana' })
    await refused('revoked', [...asGrant(carried), toMain(other)])
  })

  it('sanctions no deletion, no rewrite, and no half of a push', async () => {
    await refused('this would delete a protected branch', [...asGrant(genuine), ':refs/heads/main'])
    await payments.git(['switch', '--quiet', '--orphan', 'elsewhere'])
    const elsewhere = await blocked('elsewhere')
    await payments.git(['switch', '--quiet', 'main'])
    await refused('this would rewrite a protected branch', [...asGrant(genuine), `+${toMain(elsewhere)}`])
    await refused('payments/tests: closed', [toMain(other), `${other}:refs/heads/topic`, `${other}:refs/tags/v1`])
    expect((await refs()).join(' ')).toBe('refs/heads/main')
  })

  const refs = async () => {
    const { stdout } = await payments.git(['for-each-ref', '--format=%(refname)'], { cwd: payments.bare })
    return stdout.trim().split('\n')
  }

  it('leaves tags and branches that no gate protects alone', async () => {
    const free = [`${other}:refs/heads/topic`, `${other}:refs/tags/v1`]
    expect(await payments.push(...free)).toMatchObject({ code: 0 })
    expect(await payments.push(`+${base}:refs/heads/topic`, ':refs/tags/v1')).toMatchObject({ code: 0 })
    expect(await refs()).toEqual(['refs/heads/main', 'refs/heads/topic'])
  })

  it('opens once with the genuine grant, and not again for another landing of the same commit', async () => {
    const push = await payments.push(...asGrant(genuine), toMain(fix))
    expect(push.stderr).toContain('payments/tests: open, by a grant')
    expect(push).toMatchObject({ code: 0 })
    expect(await payments.tip()).toBe(fix)
    // Somebody with a shell on the git server takes the branch away, so that the same commit could land a second time.
    await payments.git(['update-ref', '-d', 'refs/heads/main'], { cwd: payments.bare })
    const again = await payments.push(...asGrant(genuine), toMain(fix))
    expect(again.code).not.toBe(0)
    expect(again.stderr).toContain('has been used (1 of 1) for another landing')
    expect(await refs()).not.toContain('refs/heads/main')
  })

  it('holds a job in CI to the same', async () => {
    const dir = join(acme.dir, 'ci-point')
    await acme.json(['gate', 'install', ...flags({ dir, name: 'acme/payments', trust: acme.trustFile })], {
      as: 'admin',
    })
    const at = (await pointIds('ci'))[0]!
    const { proof } = splitCarried(genuine)
    const scope = { at, change: { commit: `sha1:${other}` } }
    const attempts: [carried: string, code: string][] = [
      [joinCarried({ jws: mint(scope), proof: '' }), 'grant_not_logged'],
      [joinCarried({ jws: mint(scope), proof }), 'grant_not_logged'],
      [joinCarried({ jws: mint(scope, strangersSigner()), proof }), 'grant_forged'],
      [genuine, 'grant_wrong_commit'],
      ['bg1', 'grant_unreadable'],
    ]
    for (const [carried, code] of attempts) {
      const ran = await acme.breakglass(
        [
          'gate',
          'run',
          'payments/tests',
          '--change',
          `acme/payments@${other}`,
          '--run',
          'attack',
          '--json',
          '--',
          'false',
        ],
        { env: { BREAKGLASS_POINT: dir, BREAKGLASS_GRANT: carried } },
      )
      expect(ran.code, ran.stderr).toBe(1)
      expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: 'closed', code })
    }
  })
})
