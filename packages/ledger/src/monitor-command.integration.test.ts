import fs from 'node:fs'
import { join } from 'node:path'
import { formatStatement, leafHash, signerFromSeed } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { initLedger } from './init.ts'
import { checkSound, entriesFrom, newLedger, open, startMs, temporaryDir } from './testing/temporary-ledger.ts'
import { typed } from './testing/typed.ts'

interface Setting {
  dir: string
  vkey: string
  state: string
}

async function watched(size: number): Promise<Setting> {
  const { dir, vkey } = await newLedger()
  await appendTo(dir, entriesFrom(0, size))
  return { dir, vkey, state: join(temporaryDir(), 'monitor.json') }
}

async function appendTo(dir: string, entries: readonly Uint8Array[]): Promise<void> {
  const ledger = await open(dir)
  for (let at = 0; at < entries.length; at += 256) await ledger.append(entries.slice(at, at + 256))
  await ledger.close()
}

/** One round: the exit status, the alarms, and what was told. */
async function look({ dir, vkey, state }: Setting, more: readonly string[] = []) {
  const { code, out, err } = await typed(['monitor', '--log', dir, '--vkey', vkey, '--state', state, '--once', ...more])
  const lines = out.map(line => JSON.parse(line) as { alarm?: string; told?: { index: number; kind: string } })
  const alarms = lines.flatMap(({ alarm }) => alarm ?? [])
  return { code, err, alarms, told: lines.flatMap(({ told }) => told ?? []), out }
}

const flip = (path: string, at: number): void => {
  const bytes = fs.readFileSync(path)
  bytes[at]! ^= 1
  fs.chmodSync(path, 0o600)
  fs.writeFileSync(path, bytes)
}

const signer = signerFromSeed(new Uint8Array(32).fill(4))

/** A chain of statements about one subject; `change` spoils one. */
function chainOf(
  length: number,
  change: (seq: number) => { seq?: number; prev?: string | undefined } = () => ({}),
): Buffer[] {
  const chain: string[] = []
  for (let seq = 1; seq <= length; seq++) {
    const prev = chain.length === 0 ? {} : { prev: leafHash(chain.at(-1)!) }
    const envelope = {
      v: 1 as const,
      kind: seq === 1 ? 'glass.requested' : 'glass.used',
      sid: `s_${String(seq).padStart(26, '0')}`,
      at: '2026-01-01T00:00:00.000Z',
      subject: 'g_00000000000000000000000001',
      seq,
      ...prev,
      body: {},
      ...change(seq),
    }
    chain.push(formatStatement(envelope as never, { log: 'o_00000000000000000000000001', signer }))
  }
  return chain.map(jws => Buffer.from(jws))
}

describe('a monitor', () => {
  it('keeps what it has seen, and goes on with a log that goes on', async () => {
    const world = await watched(300)
    expect(await look(world)).toMatchObject({ code: 0, alarms: [] })
    await appendTo(world.dir, entriesFrom(300, 250))
    expect(await look(world)).toMatchObject({ code: 0, alarms: [] })
    expect(JSON.parse(fs.readFileSync(world.state, 'utf8'))).toMatchObject({ size: 550 })
  })

  it('names a changed bit in an entry and in a tile, and keeps what it knew', async () => {
    for (const path of ['tile/entries/000', 'tile/0/000', 'tile/0/001.p/44']) {
      const world = await watched(300)
      expect((await look(world)).code).toBe(0)
      const before = fs.readFileSync(world.state, 'utf8')
      flip(join(world.dir, 'tree', path), 40)
      expect(await look(world)).toMatchObject({ code: 1, alarms: ['not_verified'] })
      expect(fs.readFileSync(world.state, 'utf8')).toBe(before)
    }
  })

  it('is not taken in by a log that was written anew and signed with the real key', async () => {
    const world = await watched(300)
    await look(world)
    const origin = JSON.parse(fs.readFileSync(join(world.dir, 'ledger.json'), 'utf8')).origin
    const forged = join(temporaryDir(), 'forged')
    await initLedger({ dir: forged, origin, now: () => startMs })
    fs.copyFileSync(join(world.dir, 'ledger.key'), join(forged, 'ledger.key'))
    await appendTo(forged, [...entriesFrom(0, 7), ...entriesFrom(1000, 393)])
    checkSound(forged)
    expect(await look({ ...world, dir: forged })).toMatchObject({ code: 1, alarms: ['split'] })
    expect(await look(world)).toMatchObject({ code: 0 })
  })

  it('tells a log that has become shorter', async () => {
    const world = await watched(10)
    const copy = join(temporaryDir(), 'copy')
    fs.cpSync(world.dir, copy, { recursive: true })
    await appendTo(world.dir, entriesFrom(10, 1))
    await look(world)
    expect(await look({ ...world, dir: copy })).toMatchObject({ code: 1, alarms: ['rolled_back'] })
  })

  it('finds the other face of a log in what somebody else holds', async () => {
    const world = await watched(5)
    const copy = join(temporaryDir(), 'copy')
    fs.cpSync(world.dir, copy, { recursive: true })
    const held = join(copy, 'tree', 'checkpoint')
    expect((await look(world, ['--gossip', held])).alarms).toEqual([])
    await appendTo(world.dir, entriesFrom(100, 3))
    // An older checkpoint of the same history is nothing to worry about.
    expect((await look(world, ['--gossip', held])).alarms).toEqual([])
    await appendTo(copy, entriesFrom(200, 2))
    const both = await look(world, ['--gossip', held])
    expect(both).toMatchObject({ code: 1, alarms: ['split'] })
    expect(JSON.parse(both.out.at(-1)!).notes).toHaveLength(2)
    await appendTo(copy, entriesFrom(300, 9))
    expect((await look(world, ['--gossip', held])).alarms).toEqual(['behind'])
    expect((await look(world, ['--gossip', '/nowhere'])).alarms).toEqual(['gossip_unreadable'])
  })

  it('follows each chain of statements, and tells a gap and a fork', async () => {
    const sound = await watched(0)
    await appendTo(sound.dir, chainOf(4))
    expect((await look(sound)).alarms).toEqual([])
    const gap = await watched(0)
    await appendTo(
      gap.dir,
      chainOf(4).filter((_, at) => at !== 1),
    )
    expect((await look(gap)).alarms).toEqual(['broken_chain'])
    const fork = await watched(0)
    await appendTo(fork.dir, [
      ...chainOf(3),
      ...chainOf(3, seq => (seq === 3 ? { prev: leafHash('another') } : {})).slice(2),
    ])
    expect((await look(fork)).alarms).toEqual(['broken_chain'])
  })

  it('tells of what was asked for, once', async () => {
    const world = await watched(3)
    await appendTo(world.dir, chainOf(2))
    const first = await look(world, ['--watch', 'glass.used,trust.published'])
    expect(first.told).toMatchObject([{ index: 4, kind: 'glass.used' }])
    expect((await look(world, ['--watch', 'glass.used'])).told).toEqual([])
    const whole = { ...world, state: join(temporaryDir(), 'other.json') }
    expect((await look(whole, ['--watch', 'g_00000000000000000000000001'])).told).toHaveLength(2)
  })

  it('never begins anew over a state that it cannot read', async () => {
    const world = await watched(3)
    await look(world)
    fs.writeFileSync(world.state, fs.readFileSync(world.state, 'utf8').replace('"size":3', '"size":2'))
    expect(await look(world)).toMatchObject({ code: 1, err: [expect.stringContaining('state_damaged')] })
  })

  it('says that a log does not answer, and what is wrong with how it was called', async () => {
    const world = await watched(1)
    expect(await look({ ...world, dir: 'http://127.0.0.1:1' })).toMatchObject({ code: 1, alarms: ['unreachable'] })
    expect((await look(world, ['--every', 'soon'])).code).toBe(2)
    expect((await typed(['monitor', '--log', world.dir, '--state', world.state, '--once'])).code).toBe(2)
    expect((await look({ ...world, vkey: 'no key' })).code).toBe(2)
  })
})
