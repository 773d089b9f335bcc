import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { BreakglassError } from '@breakglass/core/errors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { id, person } from '../testing/samples.ts'
import { createWorld, type World } from '../testing/world.ts'

const code = 'Yq3v0h8Zk2m1'
const link = `http://127.0.0.1:7117/welcome#${code}`
const token = 'bgp_very_secret'
let world: World
let config: string

beforeEach(() => {
  world = createWorld({
    redeemInvitation: () => ({ token, tokenId: id('tk'), expiresAt: '2027-02-21T12:00:00.000Z', person: person() }),
    whoami: () => ({
      person: person(),
      tokenExpiresAt: '2027-02-21T12:00:00.000Z',
      groups: ['payments-oncall'],
      mayBreak: ['payments/integration-tests'],
      mayReview: false,
      isOwner: false,
    }),
  })
  delete world.env['BREAKGLASS_TOKEN']
  delete world.env['BREAKGLASS_SERVER']
  config = path.join(world.directory, '.config', 'breakglass', 'config.json')
})
afterEach(() => world.remove())

describe('login', () => {
  it('trades the link for a token, keeps it for the owner alone, and never shows it', async () => {
    const { exit, stdout, stderr } = await world.run(['login', link, '--device', 'laptop'])
    expect(exit).toBe(0)
    expect(stdout).toContain('Signed in as Ana Lima')
    expect(stdout + stderr).not.toContain(token)
    expect(statSync(config).mode & 0o777).toBe(0o600)
    expect(statSync(path.dirname(config)).mode & 0o777).toBe(0o700)
    expect(world.server.calls).toMatchObject([
      { route: 'redeemInvitation', body: { code, device: 'laptop' }, token: undefined },
    ])
    expect(JSON.parse(readFileSync(config, 'utf8'))).toMatchObject({
      current: 'default',
      profiles: { default: { token } },
    })
  })

  it('leaves nothing beside the file, and the next command uses the token', async () => {
    await world.run(['login', link])
    const { exit, stdout } = await world.run(['whoami'])
    expect(exit).toBe(0)
    expect(stdout).toContain('payments-oncall')
    expect(world.server.calls.at(-1)).toMatchObject({ route: 'whoami', token })
    expect(existsSync(`${config}.${process.pid}.tmp`)).toBe(false)
  })

  it('reads the link from standard input', async () => {
    expect((await world.run(['login', '-'], { stdin: `${link}\n` })).exit).toBe(0)
  })

  it('keeps several profiles, and sends a token only where it was issued', async () => {
    await world.run(['login', link])
    await world.run(['login', code, '--server', 'https://other.example', '--profile', 'work'])
    expect(Object.keys(JSON.parse(readFileSync(config, 'utf8')).profiles)).toEqual(['default', 'work'])
    const { exit, stderr } = await world.run(['whoami', '--as', 'default', '--server', 'https://other.example'])
    expect(exit).toBe(2)
    expect(stderr).toContain('its token is not sent to https://other.example')
    expect(world.server.calls.filter(({ route }) => route === 'whoami')).toEqual([])
  })

  it('does not spend the link when the profiles cannot be kept', async () => {
    await world.run(['login', link])
    writeFileSync(config, '{"v": 2}')
    const { exit, stderr } = await world.run(['login', link])
    expect(exit).toBe(2)
    expect(stderr).toContain('not of the expected form')
    expect(world.server.calls).toHaveLength(1)
    expect(readFileSync(config, 'utf8')).toBe('{"v": 2}')
  })

  it('says when the link was used before', async () => {
    world.server.handlers.redeemInvitation = () => {
      throw new BreakglassError('invitation_spent', 'The link was used already.')
    }
    const { exit, stderr } = await world.run(['login', link, '--json'])
    expect(exit).toBe(3)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'invitation_spent' } })
    expect(existsSync(config)).toBe(false)
  })

  it('says that a token can be read on the way', async () => {
    expect((await world.run(['login', `http://acme.example/welcome#${code}`])).stderr).toContain('not HTTPS')
  })

  it('needs a server for a code, and takes no second one beside a link', async () => {
    expect((await world.run(['login', code])).exit).toBe(2)
    expect((await world.run(['login', link, '--server', 'https://other.example'])).exit).toBe(2)
  })
})

describe('logout', () => {
  it('forgets one profile and goes on with another', async () => {
    await world.run(['login', link])
    await world.run(['login', code, '--server', 'https://other.example', '--profile', 'work'])
    expect((await world.run(['logout'])).stdout).toContain('The current profile is default')
    expect((await world.run(['logout'])).stdout).toContain('Nobody is signed in')
    expect(readFileSync(config, 'utf8')).not.toContain(token)
    expect((await world.run(['logout'])).exit).toBe(3)
  })
})

describe('nobody signed in', () => {
  it('is said with what to do', async () => {
    const { exit, stderr } = await world.run(['whoami'])
    expect(exit).toBe(3)
    expect(stderr).toContain('breakglass login <link>')
  })

  it('is noticed when others can read the tokens', async () => {
    await world.run(['login', link])
    chmodSync(config, 0o644)
    const { exit, stderr } = await world.run(['whoami'])
    expect(exit).toBe(0)
    expect(stderr).toContain('chmod 600')
  })
})
