import { DatabaseSync } from 'node:sqlite'
import { openCheckpoint } from '@breakglass/verify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { examine } from './doctor.ts'
import { pointPath } from './home.ts'
import { catchUp, joinTrees } from './join-trees.ts'
import { openSplits, splitWords } from './splits.ts'
import { refreshBundle } from './sync.ts'
import { type MemoryLedger, origin } from './testing/ledger.ts'
import { makePoint, type PointKit } from './testing/point-kit.ts'
import { largestTree, rememberTree, standingOf, treesMax, trunks, unjoinedSince } from './trees.ts'

let kit: PointKit
beforeEach(async () => {
  kit = await makePoint()
})
afterEach(() => kit.close())

const opened = (ledger: MemoryLedger) => {
  const verdict = openCheckpoint(ledger.checkpoint(), kit.world.trust.policy)
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.faults))
  return verdict.value
}
const grow = (entries = 1) => {
  for (let n = 0; n < entries; n++) kit.world.grant()
  return opened(kit.world.ledger)
}
const ledgerFinding = async () => (await examine(kit.point, undefined)).find(({ check }) => check === 'ledger')

describe('a tree of the ledger', () => {
  it('is joined when it is the first, and every other one by a proof', async () => {
    const { journal } = kit.point
    const first = opened(kit.world.ledger)
    expect(standingOf(journal, first)).toBe('joined')
    const larger = grow(3)
    expect(rememberTree(kit.point, larger)).toBe('unjoined')
    expect(largestTree(journal, origin)).toMatchObject({ size: larger.size, note: larger.note, joined: false })
    expect(trunks(journal)).toMatchObject([{ size: first.size }])
    await joinTrees(kit.point)
    expect(rememberTree(kit.point, larger)).toBe('joined')
    expect(trunks(journal)).toMatchObject([{ size: larger.size, note: larger.note }])
  })

  it('is joined when it is smaller than what is known, and of the same history', async () => {
    const between = grow(2)
    grow(5)
    expect(await catchUp(kit.point)).toBe('current')
    expect(rememberTree(kit.point, between)).toBe('unjoined')
    await joinTrees(kit.point)
    expect(standingOf(kit.point.journal, between)).toBe('joined')
    expect(openSplits(kit.point.journal)).toEqual([])
  })

  it('waits while nobody gives a proof, and is joined at the next contact', async () => {
    const tree = grow()
    rememberTree(kit.point, tree)
    for (const fail of ['provesNothing', 'isDown'] as const) {
      kit.server[fail] = true
      await joinTrees(kit.point)
      expect(standingOf(kit.point.journal, tree)).toBe('unjoined')
      expect(await ledgerFinding()).toMatchObject({ state: 'warning', remedy: expect.stringContaining('hook sync') })
      kit.server[fail] = false
    }
    kit.world.nowMs += 2 * 86_400_000
    expect(await ledgerFinding()).toMatchObject({ state: 'problem' })
    await refreshBundle(kit.point)
    expect(unjoinedSince(kit.point.journal)).toEqual({ count: 0, sinceMs: 0 })
    expect(await ledgerFinding()).toMatchObject({ state: 'ok' })
  })

  it('is no split because an answer is not of the documented form', async () => {
    const tree = grow(2)
    rememberTree(kit.point, tree)
    kit.server.spoilProof = proof => proof.map(hash => hash.slice(1))
    await joinTrees(kit.point)
    expect(standingOf(kit.point.journal, tree)).toBe('unjoined')
    expect(openSplits(kit.point.journal)).toEqual([])
  })

  it('finds room among so many that wait, and is not taken beyond', () => {
    const sql = "insert into tree values (?, ?, '', '', ?, 0, 0)"
    for (let n = 0; n < treesMax; n++) kit.point.journal.run(sql, origin, 1000 + n, 0)
    expect(rememberTree(kit.point, grow())).toBe('unknown')
  })

  it('is forgotten when many were shown since, and asked for again', async () => {
    const { journal } = kit.point
    const small = opened(kit.world.ledger)
    const known = grow(treesMax)
    rememberTree(kit.point, known)
    await joinTrees(kit.point)
    expect(standingOf(journal, small)).toBe('joined')
    // Between the two stand as many as are kept.
    kit.world.nowMs += 1
    for (let n = 1; n < treesMax; n++) {
      journal.run("insert into tree values (?, ?, '', '', 1, ?, 0)", origin, small.size + n, kit.world.nowMs)
    }
    for (const newest of [grow(), grow()]) {
      rememberTree(kit.point, newest)
      await joinTrees(kit.point)
    }
    expect(standingOf(journal, small)).toBe('unknown')
    expect(journal.get('select count(*) as n from tree where joined = 1')).toEqual({ n: treesMax + 1 })
    kit.world.nowMs += 1
    expect(rememberTree(kit.point, small)).toBe('unjoined')
    await joinTrees(kit.point)
    expect(standingOf(journal, small)).toBe('joined')
  })
})

describe('the newest checkpoint', () => {
  it('moves the memory on where nobody breaks glass', async () => {
    const newest = grow(9)
    await refreshBundle(kit.point)
    expect(trunks(kit.point.journal)).toMatchObject([{ size: newest.size }])
  })

  it('is refused when it is older than what was seen, with the program that comes beside it', async () => {
    const { world, server, point } = kit
    const old = world.ledger.copy()
    rememberTree(point, grow(3))
    server.shownLedger = old
    expect(await refreshBundle(point)).toMatchObject({ ok: false, code: 'ledger_older' })
    expect(openSplits(point.journal)).toEqual([])
    expect(trunks(point.journal)).toMatchObject([{ size: old.size }])
    server.shownLedger = world.ledger
    expect(await refreshBundle(point)).toMatchObject({ ok: true })
  })

  it('is unknown when the server does not say, and the program goes on', async () => {
    kit.server.unreachable.add('consistency')
    expect(await catchUp(kit.point)).toBe('unknown')
    expect(await refreshBundle(kit.point)).toMatchObject({ ok: true })
  })
})

describe('two faces', () => {
  const fork = () => kit.world.ledger.forked('another last entry')

  it('are noticed by two roots of one size; both notes are kept, told and shown, and nothing takes it back', async () => {
    const { journal } = kit.point
    const [held, found] = [opened(kit.world.ledger), opened(fork())]
    rememberTree(kit.point, found)
    expect(openSplits(journal)).toMatchObject([
      { how: 'same_size', held: { note: held.note }, found: { note: found.note } },
    ])
    rememberTree(kit.point, found)
    const verdict = await refreshBundle(kit.point)
    expect(verdict).toMatchObject({ ok: false, code: 'ledger_inconsistent' })
    const finding = await ledgerFinding()
    expect(finding).toMatchObject({ state: 'problem', exhibits: [held.note, found.note] })
    expect(finding?.remedy).toContain('point end')
    const events = journal.all('select jws from event')
    expect(events).toHaveLength(1)
    expect(splitWords(kit.reopen().journal)).toContain('two different trees')
  })

  it('are noticed by a larger tree that does not continue the known one', async () => {
    const other = fork()
    other.append('and on')
    kit.server.shownLedger = other
    rememberTree(kit.point, opened(other))
    await joinTrees(kit.point)
    expect(openSplits(kit.point.journal)).toMatchObject([{ how: 'no_proof', found: { size: other.size } }])
    expect(standingOf(kit.point.journal, opened(other))).toBe('unjoined')
  })

  it('are noticed by a smaller tree that the known one does not continue', async () => {
    const other = fork()
    grow(3)
    await catchUp(kit.point)
    kit.point.journal.run('delete from tree where size < ?', kit.world.ledger.size)
    rememberTree(kit.point, opened(other))
    await joinTrees(kit.point)
    expect(openSplits(kit.point.journal)).toMatchObject([{ how: 'no_proof', found: { size: other.size } }])
  })

  it('are over when the proof that did not hold was a lie about a tree that can be joined', async () => {
    const tree = grow(2)
    rememberTree(kit.point, tree)
    kit.server.spoilProof = proof => proof.map(() => new Uint8Array(32))
    await joinTrees(kit.point)
    expect(splitWords(kit.point.journal)).toContain('does not hold')
    kit.server.spoilProof = proof => proof
    await refreshBundle(kit.point)
    expect(openSplits(kit.point.journal)).toEqual([])
    // What was found stays on the disk, and the server hears of both.
    expect(kit.point.journal.all('select * from split')).toHaveLength(1)
    expect(kit.point.journal.all('select * from event')).toHaveLength(2)
  })
})

it('brings a journal of version 1 up to date: the tree it kept is the first', () => {
  const held = opened(kit.world.ledger)
  const db = new DatabaseSync(pointPath(kit.dir, 'journal'))
  db.exec(`drop table tree; drop table split; drop table unallowed; drop index allowed_by_ref; drop table pull; drop table left_head; drop table said;
    drop table green; drop table mirrored; drop table waited; drop table step; pragma user_version = 1;
    create table checkpoint (origin text primary key, size integer not null, root text not null, note text not null) strict`)
  const root = Buffer.from(held.root).toString('hex')
  db.prepare('insert into checkpoint values (?, ?, ?, ?)').run(origin, held.size, root, held.note)
  db.close()
  const again = kit.reopen()
  expect(standingOf(again.journal, held)).toBe('joined')
  expect(trunks(again.journal)).toMatchObject([{ size: held.size, note: held.note, joined: true }])
  expect(again.journal.get('pragma user_version')).toEqual({ user_version: 4 })
  expect(again.journal.get("select name from sqlite_schema where name = 'checkpoint'")).toBeUndefined()
})
