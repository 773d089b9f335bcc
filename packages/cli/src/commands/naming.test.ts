import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { id, incident, person } from '../testing/samples.ts'
import { createWorld, type World } from '../testing/world.ts'

let world: World
beforeEach(() => {
  world = createWorld()
})
afterEach(() => world.remove())

const hex = '4f2a91c05e6d7b8091a2b3c4d5e6f708192a3b4c'

describe('person link and unlink', () => {
  const accounts = [
    { issuer: 'github', subject: 'ana' },
    { issuer: 'local', subject: 'ana@acme.dev' },
  ]
  beforeEach(() => {
    world.server.handlers = {
      listPersons: () => ({ persons: [person()] }),
      addAccount: () => person({ accounts }),
      removeAccount: () => person(),
    }
  })

  it('say by what somebody is known afterwards', async () => {
    const { exit, stdout } = await world.run(['person', 'link', 'ana@acme.dev', 'github:ana'])
    expect([exit, stdout]).toEqual([0, expect.stringContaining('is known as github:ana, local:ana@acme.dev.')])
    expect(world.server.calls.at(-1)).toMatchObject({ route: 'addAccount', body: { account: 'github:ana' } })
    expect((await world.run(['person', 'unlink', 'ana@acme.dev', 'github:ana'])).stdout).not.toContain('github')
  })

  it('ask for both', async () => {
    expect((await world.run(['person', 'link', 'ana@acme.dev'])).exit).toBe(2)
  })
})

describe('incident cause', () => {
  const told = (landings: number, already = false) => ({ incident: incident(), landings, already })
  const args = ['incident', 'cause', id('in'), `acme/payments@${hex}`]

  it('names a change, and says when no landing ends there', async () => {
    world.server.handlers = { nameCause: () => told(1) }
    expect((await world.run(args)).stdout).toBe(`acme/payments@${hex} is on record as a cause of ${id('in')}.\n`)
    expect(world.server.calls.at(-1)).toMatchObject({
      body: { repository: 'acme/payments', commit: `sha1:${hex}`, withdrawn: false },
    })
    world.server.handlers.nameCause = () => told(0, true)
    const again = (await world.run(args)).stdout
    expect(again).toContain('It stood so before.')
    expect(again).toContain('No landing is known that ends at this commit')
  })

  it('is taken back', async () => {
    world.server.handlers = { nameCause: () => told(0) }
    expect((await world.run([...args, '--withdraw'])).stdout).toContain('is no cause of')
    expect(world.server.calls.at(-1)).toMatchObject({ body: { withdrawn: true } })
  })

  it('takes a whole commit alone', async () => {
    const { exit, stderr } = await world.run(['incident', 'cause', id('in'), 'acme/payments@4f2a91c'])
    expect([exit, stderr]).toEqual([2, expect.stringContaining('40 or 64 hex digits')])
  })
})
