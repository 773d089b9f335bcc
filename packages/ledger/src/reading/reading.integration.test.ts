import fs from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { serveLedger } from '../http.ts'
import { entriesFrom, newLedger, open, startMs, temporaryDir, verifyLogged } from '../testing/temporary-ledger.ts'
import { typed } from '../testing/typed.ts'

const run = async (...args: string[]) => {
  const { code, out, err } = await typed(args)
  return { status: code, out: out.join('\n'), err: err.join('\n') }
}

/** 600 entries: two full bundles, one partial. Closed, so that all of it is on disk. */
async function settledLedger(): Promise<{ dir: string; vkey: string }> {
  const { dir, vkey } = await newLedger()
  const ledger = await open(dir)
  for (let first = 0; first < 600; first += 200) await ledger.append(entriesFrom(first, 200))
  await ledger.close()
  return { dir, vkey }
}

function flipBit(path: string, at: number): void {
  const bytes = fs.readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  fs.chmodSync(path, 0o644)
  fs.writeFileSync(path, bytes)
}

describe('prove', () => {
  it('proves an entry by index, leaf and bytes from a copy of the tree', async () => {
    const { dir, vkey } = await settledLedger()
    const [entry = new Uint8Array(0)] = entriesFrom(300, 1)
    const file = join(temporaryDir(), 'entry')
    fs.writeFileSync(file, entry)
    const ran = await run('prove', '--log', join(dir, 'tree'), '--vkey', vkey, '--index', '300', '--json')
    const { index, leaf, proof } = JSON.parse(ran.out)
    expect(verifyLogged(entry, { index, leaf, proof }, vkey).size).toBe(600)
    const plain = ['prove', '--log', dir, '--vkey', vkey]
    expect((await run(...plain, '--leaf', leaf)).out).toBe(proof.trimEnd())
    expect((await run(...plain, '--entry', file)).out).toBe(proof.trimEnd())
  })

  it('reads over HTTP with a read credential, and not without', async () => {
    const { dir, vkey } = await settledLedger()
    const ledger = await open(dir)
    const server = await serveLedger(ledger, { host: '127.0.0.1', port: 0, now: () => startMs })
    const plain = ['prove', '--log', server.url, '--vkey', vkey, '--index', '599', '--json']
    const refused = await run(...plain)
    const secret = join(dir, 'credentials', 'reader.secret')
    const ran = await run(...plain, '--secret-file', secret)
    await server.close()
    expect([refused.status, refused.err.includes('unreachable')]).toEqual([1, true])
    expect(ran.err).toBe('')
    const [entry = new Uint8Array(0)] = entriesFrom(599, 1)
    expect(verifyLogged(entry, JSON.parse(ran.out), vkey).size).toBe(600)
  })

  it.each([
    ['an entry', 'tile/entries/001', 40],
    ['a leaf hash', 'tile/0/001', 40],
    ['the newest tile', 'tile/0/002.p/88', 40],
    ['a tile above', 'tile/1/000.p/2', 40],
    ['the checkpoint', 'checkpoint', 20],
  ])('refuses a log in which a bit of %s has flipped', async (_, path, at) => {
    const { dir, vkey } = await settledLedger()
    flipBit(join(dir, 'tree', path), at)
    const ran = await run('prove', '--log', dir, '--vkey', vkey, '--index', '300')
    expect([ran.status, ran.out, ran.err.includes('log_not_verified')]).toEqual([1, '', true])
  })

  it('cuts a partial tile and bundle from the full one when only that is left', async () => {
    const { dir, vkey } = await settledLedger()
    const note = fs.readFileSync(join(dir, 'tree', 'checkpoint'))
    const ledger = await open(dir)
    await ledger.append(entriesFrom(600, 200))
    await ledger.close()
    fs.writeFileSync(join(dir, 'tree', 'checkpoint'), note)
    for (const path of ['tile/0/002.p/88', 'tile/entries/002.p/88']) fs.rmSync(join(dir, 'tree', path))
    const ran = await run('prove', '--log', dir, '--vkey', vkey, '--index', '590', '--json')
    const [entry = new Uint8Array(0)] = entriesFrom(590, 1)
    expect(verifyLogged(entry, JSON.parse(ran.out), vkey).size).toBe(600)
  })

  it('says that an entry is not there', async () => {
    const { dir, vkey } = await settledLedger()
    const plain = ['prove', '--log', dir, '--vkey', vkey]
    expect((await run(...plain, '--leaf', `sha256:${'0'.repeat(64)}`)).err).toContain('not_in_log')
    expect((await run(...plain, '--index', '600')).err).toContain('bad_range')
    expect((await run(...plain)).status).toBe(2)
  })
})
