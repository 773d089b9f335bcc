import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { join } from 'node:path'
import { formatDigest, hashLeaf } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import type { Ledger } from './ledger.ts'
import { restoreLedger } from './sinks/restore.ts'
import { checkSound, codeOf, entriesFrom, newLedger, open, temporaryDir } from './testing/temporary-ledger.ts'

interface Setting {
  dir: string
  vault: string
  vkey: string
}

async function mirroredLedger(needed: number): Promise<Setting> {
  const { dir, vkey } = await newLedger()
  const vault = temporaryDir()
  const sinks = [{ name: 'vault', kind: 'directory', path: vault }]
  fs.writeFileSync(join(dir, 'sinks.json'), JSON.stringify({ v: 1, needed, waitMs: 300, sinks }))
  return { dir, vault, vkey }
}

async function untilHeld(ledger: Ledger): Promise<void> {
  const deadline = Date.now() + 10_000
  while (ledger.sinks().some(({ state }) => state !== 'held')) {
    if (Date.now() > deadline) throw new Error(`not held in time: ${JSON.stringify(ledger.sinks())}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

const leafOf = (entry: Uint8Array) => formatDigest(hashLeaf(entry))
const namesIn = (vault: string) => fs.readdirSync(join(vault, 'entries')).sort()

describe('a ledger with a second place for what it publishes', () => {
  it('answers only when the second place has the entry, where sinks.json asks for that', async () => {
    const { dir, vault } = await mirroredLedger(1)
    const ledger = await open(dir)
    for (const at of [0, 1, 2]) {
      await ledger.append(entriesFrom(at, 1))
      expect(namesIn(vault)).toHaveLength(at + 1)
    }
    expect(ledger.sinks()).toMatchObject([{ name: 'vault', state: 'held', heldSize: 3, behind: 0 }])
  })

  it('says that too few hold it, gives no proof, and gives it once they do', async () => {
    const { dir, vault } = await mirroredLedger(1)
    const away = `${vault}.away`
    const [entry] = entriesFrom(0, 1) as [Uint8Array]
    fs.renameSync(vault, away)
    const ledger = await open(dir)
    expect(await codeOf(ledger.append([entry]))).toBe('sinks_behind')
    expect(await codeOf(ledger.proofFor(leafOf(entry)))).toBe('sinks_behind')
    expect(ledger.sinks()).toMatchObject([{ state: 'failing', behind: 1 }])
    fs.renameSync(away, vault)
    await untilHeld(ledger)
    expect((await ledger.append([entry]))[0]?.index).toBe(0)
    expect((await ledger.proofFor(leafOf(entry)))?.index).toBe(0)
  })

  it('waits for nobody where none is needed, and catches the second place up from memory and disk', async () => {
    const { dir, vault } = await mirroredLedger(0)
    const away = `${vault}.away`
    fs.renameSync(vault, away)
    let ledger = await open(dir)
    for (let at = 0; at < 700; at += 100) await ledger.append(entriesFrom(at, 100))
    await ledger.close()
    fs.renameSync(away, vault)
    ledger = await open(dir)
    await ledger.append(entriesFrom(700, 5))
    await untilHeld(ledger)
    await ledger.close()
    expect(namesIn(vault)[0]).toMatch(/^0-/)
    const bytes = namesIn(vault).map(name => fs.readFileSync(join(vault, 'entries', name)))
    for (const at of [0, 255, 256, 699, 704]) expect(bytes.some(batch => batch.includes(`entry ${at}`))).toBe(true)
  })

  it('is rebuilt from there, and goes on where it was', async () => {
    const { dir, vault, vkey } = await mirroredLedger(1)
    const first = await open(dir)
    await first.append(entriesFrom(0, 256))
    await first.append(entriesFrom(256, 44))
    const { size, root } = first.checkpoint()
    await first.close()
    const restored = join(temporaryDir(), 'restored')
    const key = fs.readFileSync(join(dir, 'ledger.key'), 'utf8')
    await restoreLedger({ from: vault, dir: restored, key, vkey, now: Date.now, random: randomBytes })
    expect(checkSound(restored, { size, root }).size).toBe(300)
    const again = await open(restored, { now: Date.now })
    expect((await again.append(entriesFrom(299, 2))).map(({ index }) => index)).toEqual([299, 300])
  })

  it('is refused with sinks it cannot understand, and leaves its lock free', async () => {
    const { dir } = await mirroredLedger(0)
    const path = join(dir, 'sinks.json')
    const sound = fs.readFileSync(path)
    fs.writeFileSync(path, '{"v":1,"sinks":[{"name":"x","kind":"pigeon"}]}')
    expect(await codeOf(open(dir))).toBe('config_damaged')
    fs.writeFileSync(path, sound)
    await open(dir)
  })
})
