import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import { showGateNumbers } from '../commands/landings/show-gate-numbers.ts'
import { addAccount, removeAccount } from '../commands/people/accounts.ts'
import { makeWorld, program, type World } from '../commands/points/testing/world.ts'
import { publishProgram } from '../commands/program/publish-program.ts'
import { allPassed, recompute, settle, telling } from './testing/telling.ts'

const gate = 'pay/tests'
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

eachEngine('who landed it', makeStore => {
  let world: World
  let tell: ReturnType<typeof telling>
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
    tell = telling(world)
  })
  afterAll(() => world.test.close())

  const actors = async () => {
    const rows = await world.edge.store.read(rx =>
      rx.db.selectFrom('passage').select('actor').where('gate', '=', gate).orderBy('at').execute(),
    )
    return rows.map(({ actor }) => Object.entries(world.people).find(([, id]) => id === actor)?.[0])
  }

  it('is whoever pushed, once an account of theirs is known', async () => {
    await tell.push({ move: '1>2', atMs: world.clock.ms, by: 'git.acme.dev:benny' })
    await tell.push({ move: '2>3', atMs: world.clock.ms + minuteMs, by: 'ana@acme.dev' })
    await tell.push({ move: '3>4', atMs: world.clock.ms + 2 * minuteMs })
    await settle(world)
    expect(await actors()).toEqual([undefined, 'ana', undefined])
    const ben = { person: world.people.ben, named: 'git.acme.dev:Benny' }
    expect((await addAccount(world.edge, world.admin, ben)).accounts).toHaveLength(2)
    await settle(world)
    expect(await actors()).toEqual(['ben', 'ana', undefined])
    await recompute(world)
    expect(await actors()).toEqual(['ben', 'ana', undefined])
  })

  it('is nobody any more when the account is taken away, and an account is one person’s', async () => {
    const named = 'git.acme.dev:benny'
    const taken = addAccount(world.edge, world.admin, { person: world.people.rae, named })
    await expect(taken).rejects.toMatchObject({ code: 'already_exists' })
    await removeAccount(world.edge, world.admin, { person: world.people.ben, named })
    await settle(world)
    expect(await actors()).toEqual([undefined, 'ana', undefined])
    const gone = removeAccount(world.edge, world.admin, { person: world.people.ben, named })
    await expect(gone).rejects.toMatchObject({ code: 'not_found' })
    const last = removeAccount(world.edge, world.admin, { person: world.people.ben, named: 'ben@acme.dev' })
    await expect(last).rejects.toMatchObject({ code: 'bad_input' })
    expect((await world.kinds(world.people.ben)).slice(-2)).toEqual([
      'identity.account_added',
      'identity.account_removed',
    ])
  })

  it('is nobody of what went past the hook, though the hook names somebody as well', async () => {
    await tell.push({ move: '4>5', atMs: world.clock.ms + 3 * minuteMs, by: 'ana@acme.dev' })
    await tell.see(tell.advance('4>5', world.clock.ms + 3 * minuteMs + 1000))
    await settle(world)
    expect((await actors()).at(-1)).toBeUndefined()
  })
})

const withTeams = `${program}
teams:
  web: { people: [ana@acme.dev, ben@acme.dev, rae@acme.dev] }
  core: { people: [mina@acme.dev, okoro@acme.dev] }
`

eachEngine('whose habit it is', makeStore => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
    const file = { file: 'breakglass.yaml', text: withTeams, files: {} }
    await publishProgram(world.edge, world.people.mina, file)
  })
  afterAll(() => world.test.close())

  it('is a team’s, to everybody and beside the cause, when several of its people do it', async () => {
    const tell = telling(world)
    let at = 0
    for (let day = 0; day < 9; day++) {
      const push = (by: string, opens: 'pass' | 'grant') => {
        at += 1
        const move = `${at % 10}>${(at + 1) % 10}`
        const gates = { ...allPassed, [gate]: opens }
        return tell.push({ move, atMs: world.clock.ms + (at - 15 * day) * minuteMs, by: `${by}@acme.dev`, gates })
      }
      // Opened by grants that this server does not know: the pusher is who landed it.
      for (const by of ['ana', 'ben', 'rae']) await push(by, 'grant')
      for (let count = 0; count < 12; count++) await push(count % 2 === 0 ? 'mina' : 'okoro', 'pass')
      world.clock.ms += dayMs
    }
    await settle(world)
    const shown = await showGateNumbers(world.edge, world.people.rae, { gate })
    expect(shown.why.teams).toMatchObject([
      { team: 'web', x: 27, n: 27, words: expect.stringContaining('the others 0') },
    ])
    expect(shown.people).toBeUndefined()
  })
})
