import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Ledger } from '../ledger.ts'
import { checkSound, codeOf, entriesFrom, newLedger, open, startMs, temporaryDir } from '../testing/temporary-ledger.ts'
import { type MirrorFiles, nodeMirrorFiles } from './mirror-files.ts'
import { restoreLedger } from './restore.ts'
import { openSinks, type Sinks } from './sinks.ts'

interface Mirrored {
  dir: string
  mirror: string
  vkey: string
  ledger: Ledger
  all: Uint8Array[]
  append(count: number): Promise<void>
  sinks(files?: MirrorFiles): Promise<Sinks>
}

async function mirrored(): Promise<Mirrored> {
  const { dir, vkey } = await newLedger()
  const mirror = join(temporaryDir(), 'mirror')
  // Apart from the ledger's own directory: an open ledger would begin to mirror by itself.
  const sinksDir = temporaryDir()
  fs.mkdirSync(mirror)
  const config = { v: 1, needed: 1, waitMs: 5000, sinks: [{ name: 'vault', kind: 'directory', path: mirror }] }
  fs.writeFileSync(join(sinksDir, 'sinks.json'), JSON.stringify(config))
  const ledger = await open(dir)
  const all: Uint8Array[] = []
  const source = {
    origin: ledger.origin,
    size: () => ledger.checkpoint().size,
    checkpoint: () => ledger.checkpoint(),
    entries: (from: number, until: number) => all.slice(from, until),
  }
  return {
    dir,
    mirror,
    vkey,
    ledger,
    all,
    append: async count => {
      const more = entriesFrom(all.length, count)
      all.push(...more)
      await ledger.append(more)
    },
    sinks: async files => {
      const sinks = await openSinks({
        dir: sinksDir,
        source,
        now: Date.now,
        log: () => undefined,
        ...(files && { files }),
      })
      onTestFinished(() => sinks.close())
      return sinks
    },
  }
}

const restore = async ({ dir, mirror, vkey }: Mirrored, more = {}): Promise<string> => {
  const to = join(temporaryDir(), 'restored')
  const key = fs.readFileSync(join(dir, 'ledger.key'), 'utf8')
  await restoreLedger({
    from: mirror,
    dir: to,
    key,
    vkey,
    now: () => startMs,
    random: randomBytes,
    ...more,
  })
  return to
}

const entryFiles = ({ mirror }: Mirrored): string[] => fs.readdirSync(join(mirror, 'entries'))

/** A disk that fails or dies at its n-th change. */
function failing(step: number, error: () => Error): MirrorFiles & { steps: () => number } {
  let count = 0
  const fail = async <T>(act: () => Promise<T>): Promise<T> => {
    if (count++ === step) throw error()
    return await act()
  }
  return {
    ...nodeMirrorFiles,
    steps: () => count,
    create: async (path, bytes, mode) => await fail(async () => await nodeMirrorFiles.create(path, bytes, mode)),
    link: async (from, to) => await fail(async () => await nodeMirrorFiles.link(from, to)),
    remove: async path => await fail(async () => await nodeMirrorFiles.remove(path)),
    syncDir: async (path, change) => await fail(async () => await nodeMirrorFiles.syncDir(path, change)),
  }
}

describe('a directory sink', () => {
  it('holds what is published, once each, read-only, and goes on after a restart', async () => {
    const world = await mirrored()
    const sinks = await world.sinks()
    await world.append(3)
    sinks.published()
    expect(await sinks.held(3)).toBe(true)
    await sinks.close()
    const again = await world.sinks()
    await world.append(200)
    again.published()
    expect(await again.held(203)).toBe(true)
    expect(entryFiles(world)).toEqual(['0-2', '3-202'])
    expect(fs.statSync(join(world.mirror, 'entries', '0-2')).mode & 0o777).toBe(0o444)
    expect(again.status()).toMatchObject([{ name: 'vault', state: 'held', heldSize: 203, behind: 0 }])
  })

  it('is caught up after a failure at any step, with nothing lost and nothing twice', async () => {
    // Three changes to resume, four for the batch, four for the checkpoint.
    for (let step = 0; step < 11; step++) {
      const world = await mirrored()
      const files = failing(step, () => Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }))
      await world.append(5)
      const sinks = await world.sinks(files)
      await vi.waitFor(() => expect(files.steps()).toBeGreaterThan(step), 5000)
      await sinks.close()
      const again = await world.sinks()
      expect(await again.held(5)).toBe(true)
      await vi.waitFor(() => expect(again.status()[0]?.state).toBe('held'))
      expect(entryFiles(world)).toEqual(['0-4'])
      checkSound(await restore(world))
    }
  })

  it('shows a disk that is full, answers those who wait, and catches up by itself', async () => {
    const world = await mirrored()
    await world.append(1)
    const sinks = await world.sinks(failing(4, () => new Error('ENOSPC: no space left')))
    await vi.waitFor(() => expect(sinks.status()[0]).toMatchObject({ state: 'failing', lastError: /ENOSPC/ }))
    expect(await sinks.held(1)).toBe(true)
  })

  it('lets nobody wait longer than was said, and closes, when the disk never answers', async () => {
    const world = await mirrored()
    await world.append(1)
    const sinks = await world.sinks({ ...nodeMirrorFiles, list: async () => await new Promise(() => undefined) })
    expect(await sinks.held(1)).toBe(false)
    await sinks.close()
  }, 20_000)

  it("stops at content that is not the ledger's", async () => {
    const world = await mirrored()
    await world.append(2)
    const sinks = await world.sinks()
    await sinks.held(2)
    await sinks.close()
    const path = join(world.mirror, 'entries', '0-1')
    const bytes = fs.readFileSync(path)
    bytes[60] = (bytes[60] ?? 0) ^ 1
    fs.chmodSync(path, 0o644)
    fs.writeFileSync(path, bytes)
    const again = await world.sinks()
    await vi.waitFor(() => expect(again.status()[0]).toMatchObject({ state: 'stopped' }))
  })

  it('makes no directory where the disk is not mounted', async () => {
    const world = await mirrored()
    fs.rmdirSync(world.mirror)
    const sinks = await world.sinks()
    await vi.waitFor(() => expect(sinks.status()[0]?.state).toBe('failing'))
    expect(fs.existsSync(world.mirror)).toBe(false)
  })
})

describe('restore', () => {
  it.each([1, 255, 256, 257, 5000])('makes a ledger of %i entries that serves on', async count => {
    const world = await mirrored()
    while (world.all.length < count) await world.append(Math.min(256, count - world.all.length))
    const sinks = await world.sinks()
    await sinks.held(count)
    await vi.waitFor(() => expect(sinks.status()[0]?.state).toBe('held'))
    await vi.waitFor(() => expect(fs.readdirSync(join(world.mirror, 'checkpoints'))).toHaveLength(1))
    await sinks.close()
    const to = await restore(world)
    checkSound(to, world.ledger.checkpoint())
    const ledger = await open(to)
    expect(ledger.checkpoint()).toEqual(world.ledger.checkpoint())
    const [next] = await ledger.append(entriesFrom(count, 1))
    expect(next?.index).toBe(count)
    await ledger.close()
    checkSound(to, world.ledger.checkpoint())
  })

  it('refuses a gap, an altered entry, entries nothing proves, another key', async () => {
    const world = await mirrored()
    const sinks = await world.sinks()
    for (const size of [2, 4]) {
      await world.append(2)
      sinks.published()
      await sinks.held(size)
    }
    await vi.waitFor(() => expect(fs.readdirSync(join(world.mirror, 'checkpoints'))).toHaveLength(2))
    await sinks.close()
    const checkpoints = fs.readdirSync(join(world.mirror, 'checkpoints')).sort()
    const newest = join(world.mirror, 'checkpoints', checkpoints.at(-1) ?? '')
    const note = fs.readFileSync(newest, 'utf8')
    fs.rmSync(newest)
    expect(await codeOf(restore(world))).toBe('mirror_unproven')
    checkSound(await restore(world, { checkpoint: note }), world.ledger.checkpoint())
    checkSound(await restore(world, { leaveOutUnproven: true }))
    expect(await codeOf(restore(world, { vkey: (await newLedger()).vkey }))).toBe('bad_usage')
    const other = await newLedger()
    const otherKey = { key: fs.readFileSync(join(other.dir, 'ledger.key'), 'utf8'), vkey: other.vkey }
    expect(await codeOf(restore(world, otherKey))).toBe('mirror_damaged')
    fs.renameSync(join(world.mirror, 'entries', '0-1'), join(world.mirror, 'entries', '9-10'))
    expect(await codeOf(restore(world, { checkpoint: note }))).toBe('mirror_damaged')
    fs.renameSync(join(world.mirror, 'entries', '9-10'), join(world.mirror, 'entries', '0-1'))
    fs.rmSync(join(world.mirror, 'entries', '2-3'))
    expect(await codeOf(restore(world, { checkpoint: note }))).toBe('rolled_back')
  })
})
