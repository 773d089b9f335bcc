import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { initLedger } from './init.ts'
import { openLedger } from './ledger.ts'
import { checkSound, entriesFrom, temporaryDir } from './testing/temporary-ledger.ts'

/**
 * A real ext4 in an image file, copied while a ledger writes to it: each copy is what a power cut at that moment leaves
 * behind, journal of the file system and all. It needs root and loop devices; where there are none, the run says so, and the
 * simulated disks of crash-states stand alone.
 */

const copiesWanted = 100
const imageBytes = 24 * 1024 * 1024
/** The kernel is done with what was dirty long before. */
const readingsMax = 200

/** Why it cannot be tried here; `undefined`: it can. */
function obstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root'
  const dir = temporaryDir()
  try {
    mount(newImage(dir), join(dir, 'probe'))
    unmount(join(dir, 'probe'))
    return undefined
  } catch (error) {
    return `a loop device cannot be mounted (${String(error).split('\n', 1)[0]})`
  }
}

function newImage(dir: string): string {
  const image = join(dir, 'disk.img')
  fs.writeFileSync(image, '')
  fs.truncateSync(image, imageBytes)
  execFileSync('mkfs.ext4', ['-q', '-F', image])
  return image
}

function mount(image: string, at: string): void {
  fs.mkdirSync(at, { recursive: true })
  execFileSync('mount', ['-o', 'loop', image, at], { stdio: 'pipe' })
}

const unmount = (at: string): void => void execFileSync('umount', [at], { stdio: 'pipe' })

/**
 * All bytes of the image as they were at one instant. Power fails at one; a copy takes longer, and the kernel writes dirty pages
 * into the image meanwhile though the ledger stands still. Such a torn copy is no disk that ever was (ext4 then finds inodes
 * whose checksums do not fit, EBADMSG), so it is read until two readings in a row agree.
 */
function instantOf(image: string): Buffer {
  let before = fs.readFileSync(image)
  for (let reading = 1; reading < readingsMax; reading++) {
    const after = fs.readFileSync(image)
    if (after.equals(before)) return after
    before = after
  }
  throw new Error(`the image of the disk changed through ${readingsMax} readings, though nobody wrote to it`)
}

interface Writer {
  child: ChildProcess
  /** By number, the index it was answered. */
  told: Map<number, number>
  /** Resolves when so many more have been told. */
  more(count: number): Promise<void>
}

function startWriter(dir: string): Writer {
  const script = join(import.meta.dirname, 'testing', 'append-for-ever.ts')
  const child = spawn(process.execPath, [script, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const told = new Map<number, number>()
  let wake = (): void => undefined
  createInterface({ input: child.stdout }).on('line', line => {
    const [number, index] = line.split(' ')
    told.set(Number(number), Number(index))
    wake()
  })
  const more = (count: number): Promise<void> =>
    new Promise(resolve => {
      const until = told.size + count
      wake = () => {
        if (told.size >= until) resolve()
      }
    })
  return { child, told, more }
}

/** Starts on the copy and looks for all that had been answered when it was made. */
async function checkCopy(image: string, at: string, told: ReadonlyMap<number, number>): Promise<void> {
  mount(image, at)
  try {
    const dir = join(at, 'ledger')
    const ledger = await openLedger({ dir, now: Date.now })
    try {
      for (const [number, index] of told) {
        const [logged] = await ledger.append(entriesFrom(number, 1))
        expect([number, logged?.index]).toEqual([number, index])
      }
    } finally {
      await ledger.close()
    }
    checkSound(dir)
  } finally {
    unmount(at)
  }
}

describe('an image of the disk, copied while the ledger writes', () => {
  it(`holds all that was answered, ${copiesWanted} times`, { timeout: 300_000 }, async () => {
    const why = obstacle()
    if (why !== undefined) {
      // Said aloud: this machine cannot show what the file system itself does.
      process.stderr.write(`crash images: not tried here, ${why}\n`)
      expect(why).not.toBe('')
      return
    }
    const dir = temporaryDir()
    const image = newImage(dir)
    const disk = join(dir, 'disk')
    mount(image, disk)
    onTestFinished(() => unmount(disk))
    await initLedger({ dir: join(disk, 'ledger'), now: Date.now, origin: 'log.example/images' })
    const writer = startWriter(join(disk, 'ledger'))
    const exited = new Promise(resolve => writer.child.once('exit', resolve))
    onTestFinished(async () => {
      writer.child.kill('SIGKILL')
      await exited
    })
    let known = 0
    for (let copy = 0; copy < copiesWanted; copy++) {
      writer.child.kill('SIGCONT')
      await writer.more(1 + (copy % 11))
      // Read before it is stopped: what was told by then was durable by then.
      const told = new Map([...writer.told].slice(known))
      writer.child.kill('SIGSTOP')
      const copied = join(dir, 'copy.img')
      fs.writeFileSync(copied, instantOf(image))
      await checkCopy(copied, join(dir, 'copy'), told)
      // The last few again with the next copy, the rest now and then: each is looked for more than once.
      known = copy % 10 === 9 ? 0 : Math.max(0, writer.told.size - 50)
    }
    expect(writer.told.size).toBeGreaterThan(copiesWanted)
  })
})
