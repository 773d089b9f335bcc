import { statSync, writeFileSync } from 'node:fs'
import { leafHash, parseStatement, verifyReport } from '@breakglass/verify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acceptBundle, readBundle } from './bundle.ts'
import { modeProblems, openHome, pointFiles, pointPath } from './home.ts'
import { openJournal } from './journal.ts'
import { readMemory, rememberVerifiedTime } from './memory.ts'
import { heldReceipts, holdReceipt } from './receipts.ts'
import { refusalsPerHourMax, reportRefusal } from './refusals.ts'
import { spendOffline, takeShut, usesOf } from './spent.ts'
import { appendEvents, nextEvents, SpoolFull, spoolEventsMax, spoolLength } from './spool.ts'
import { confirmShut, sendEvents } from './sync.ts'
import { makePoint, type PointKit } from './testing/point-kit.ts'
import { organization, programOf } from './testing/world.ts'

let kit: PointKit
beforeEach(async () => {
  kit = await makePoint()
})
afterEach(() => kit.close())

const refused = { kind: 'point.refused', body: { code: 'no_result', untold: 0 } } as const

describe('the directory', () => {
  it('is read by its owner alone', () => {
    expect(modeProblems(kit.dir)).toEqual([])
    for (const { name, mode } of Object.values(pointFiles)) {
      const found = statSync(`${kit.dir}/${name}`).mode & 0o777
      expect(found & ~mode).toBe(0)
    }
  })

  it('is refused when a file of it is not what it should be', () => {
    writeFileSync(pointPath(kit.dir, 'config'), '{"v":1}')
    expect(() => openHome(kit.dir)).toThrow(/point\.json/)
    expect(() => openHome('/nowhere')).toThrow(/no point\.json/)
  })

  it('refuses a journal of a newer version', () => {
    kit.point.journal.run('pragma user_version = 9')
    expect(() => openJournal(kit.dir)).toThrow(/version 4, found 9/)
  })
})

describe('memory', () => {
  it('moves its latest verified time only forward', () => {
    rememberVerifiedTime(kit.point.journal, kit.world.nowMs + 5)
    rememberVerifiedTime(kit.point.journal, kit.world.nowMs)
    expect(readMemory(kit.point.journal).verifiedAtMs).toBe(kit.world.nowMs + 5)
  })

  it('never takes a program at a lower index, and not one before its time', async () => {
    const { home, journal, now } = kit.point
    const first = kit.world.bundle
    const second = kit.world.publish(programOf())
    expect(await acceptBundle(kit.point, second)).toMatchObject({ ok: true })
    expect(await acceptBundle(kit.point, first)).toMatchObject({ ok: false, code: 'program_rolled_back' })
    const later = kit.world.publish(programOf(), { effectiveMs: now() + 86_400_000 })
    expect(await acceptBundle(kit.point, later)).toMatchObject({ ok: false, code: 'program_not_yet' })
    expect(readBundle(home, journal)).toMatchObject({ ok: true, accepted: { version: 2 } })
  })
})

describe('spending', () => {
  const spend = { grant: 'g_1', useKey: 'a', uses: 2, expiresAtMs: 100 }

  it('counts keys, not questions', () => {
    const { journal } = kit.point
    const once = (useKey: string) => journal.inTransaction(() => spendOffline(journal, { ...spend, useKey }, 1))
    expect([once('a'), once('a'), once('b'), once('a')].map(spent => spent.ok && spent.already)).toEqual([
      false,
      true,
      false,
      true,
    ])
    expect(once('c')).toEqual({ ok: false, used: 2, uses: 2 })
    expect(usesOf(journal, 'g_1')).toEqual(['a', 'b'])
  })

  it('is undone with the transaction it stands in', () => {
    const { journal } = kit.point
    const fail = () =>
      journal.inTransaction(() => {
        spendOffline(journal, spend, 1)
        throw new Error('power')
      })
    expect(fail).toThrow('power')
    expect(usesOf(journal, 'g_1')).toEqual([])
  })

  it('tells once of each grant that is over', () => {
    const { journal } = kit.point
    journal.inTransaction(() => spendOffline(journal, { ...spend, uses: 1, expiresAtMs: kit.world.nowMs + 10 }, 1))
    journal.inTransaction(() => spendOffline(journal, { ...spend, grant: 'g_2', expiresAtMs: kit.world.nowMs }, 1))
    journal.inTransaction(() => spendOffline(journal, { ...spend, grant: 'g_3', expiresAtMs: kit.world.nowMs + 10 }, 1))
    expect(takeShut(journal, kit.world.nowMs)).toEqual([
      { grant: 'g_1', used: 1, why: 'exhausted' },
      { grant: 'g_2', used: 1, why: 'expired' },
    ])
    expect(confirmShut(kit.point)).toBe(0)
    kit.world.nowMs += 10
    expect(confirmShut(kit.point)).toBe(1)
  })
})

describe('events', () => {
  it('are signed, chained, sent once and in order', async () => {
    const { journal, spooler } = kit.point
    for (let i = 0; i < 70; i++) journal.inTransaction(() => appendEvents(journal, spooler, [refused], kit.world.nowMs))
    const events = nextEvents(journal, 100)
    const { home } = kit.point
    const key = { id: home.config.id, kid: home.signer.kid, key: home.signer.publicKey }
    for (const [index, { jws }] of events.entries()) {
      expect(verifyReport(jws, key, organization).ok).toBe(true)
      const parsed = parseStatement(jws)
      const before = events[index - 1]
      if (parsed.ok && before) expect(parsed.value.envelope.prev).toBe(leafHash(before.jws))
    }
    expect(await sendEvents(kit.point)).toEqual({ sent: 70, waiting: 0 })
    expect(kit.server.reports.map(({ seq }) => seq)).toEqual(Array.from({ length: 70 }, (_, i) => i + 1))
  })

  it('stay when nobody answers, and are sent once when the answer was lost', async () => {
    const { journal, spooler } = kit.point
    const append = () => journal.inTransaction(() => appendEvents(journal, spooler, [refused], kit.world.nowMs))
    append()
    kit.server.isDown = true
    expect(await sendEvents(kit.point)).toMatchObject({ sent: 0, waiting: 1 })
    kit.server.isDown = false
    kit.server.mute.add('sendReports')
    expect(await sendEvents(kit.point)).toMatchObject({ sent: 0, waiting: 1 })
    append()
    kit.server.mute.clear()
    expect(await sendEvents(kit.point)).toEqual({ sent: 2, waiting: 0 })
    expect(kit.server.reports).toHaveLength(2)
  })

  it('close the gates when too many wait, and drop none', () => {
    const { journal, spooler } = kit.point
    journal.inTransaction(() => {
      for (let i = 1; i <= spoolEventsMax; i++)
        journal.run('insert into event (seq, leaf, jws) values (?, ?, ?)', i, String(i), '')
    })
    const append = () => journal.inTransaction(() => appendEvents(journal, spooler, [refused], kit.world.nowMs))
    expect(append).toThrow(SpoolFull)
    expect(spoolLength(journal)).toBe(spoolEventsMax)
  })

  it('tell of refusals so many times an hour, and count the rest', () => {
    const { journal, spooler } = kit.point
    const refuse = () => reportRefusal(journal, spooler, { code: 'no_result' }, kit.world.nowMs)
    for (let i = 0; i < refusalsPerHourMax + 7; i++) refuse()
    expect(spoolLength(journal)).toBe(refusalsPerHourMax)
    kit.world.nowMs += 3_600_000
    refuse()
    const last = parseStatement(nextEvents(journal, 100).at(-1)!.jws)
    expect(last.ok && last.value.envelope.body).toEqual({ code: 'no_result', untold: 7 })
  })
})

it('holds receipts, the newest first', () => {
  const { journal } = kit.point
  const commit = `sha1:${'ab'.repeat(20)}` as const
  for (let i = 0; i < 12; i++) {
    holdReceipt(journal, { sid: `s_${i}`, gate: 'a', commit, jws: `jws ${i}`, atMs: i, expiresAtMs: 99 })
  }
  expect(heldReceipts(journal, { gate: 'a', commit })[0]).toBe('jws 11')
  expect(heldReceipts(journal, { gate: 'b', commit })).toEqual([])
})
