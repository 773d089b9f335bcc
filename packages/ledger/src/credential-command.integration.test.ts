import fs from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCommandLine } from './command-line.ts'
import { parseCredentials } from './credentials.ts'
import type { Host } from './host.ts'
import { newLedger, startMs, temporaryDir } from './testing/temporary-ledger.ts'

async function ledgerToRun() {
  const { dir, credentials } = await newLedger()
  let random = 0
  const run = async (...args: string[]) => {
    const [out, err]: [string[], string[]] = [[], []]
    const host: Host = {
      now: () => startMs,
      random: bytes => new Uint8Array(bytes).fill(++random),
      out: line => void out.push(line),
      err: line => void err.push(line),
      onStop: () => undefined,
    }
    const [action, ...rest] = args
    const flags = rest.includes('--dir') ? rest : ['--dir', dir, ...rest]
    const status = await runCommandLine(['credential', action ?? '', ...flags], host)
    return { status, out: out.join('\n'), err: err.join('\n') }
  }
  const held = () => parseCredentials(fs.readFileSync(join(dir, 'credentials.json'), 'utf8'))
  return { dir, run, held, secret: credentials[0]!.secret }
}

describe('the credential commands', () => {
  it('add, exchange, end and list, without showing a secret or a hash', async () => {
    const { dir, run, held } = await ledgerToRun()
    const added = await run('add', '--name', 'ci', '--may', 'append', '--entries-per-minute', '60')
    const secret = fs.readFileSync(join(dir, 'credentials', 'ci.secret'), 'utf8').trim()
    expect(JSON.parse(added.out)).toMatchObject({
      name: 'ci',
      may: ['append'],
      state: 'active',
      limits: { entriesPerMinuteMax: 60 },
    })
    const rotated = await run('rotate', '--name', 'ci', '--grace-seconds', '0')
    expect(fs.readFileSync(join(dir, 'credentials', 'ci.secret'), 'utf8').trim()).not.toBe(secret)
    const ended = await run('end', '--id', (JSON.parse(rotated.out) as { id: string }).id)
    const listed = await run('list')
    expect(JSON.parse(listed.out)).toEqual(JSON.parse(ended.out))
    const { credentials } = JSON.parse(listed.out) as { credentials: { name: string; state: string }[] }
    expect(credentials.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'server active',
      'reader active',
      'ci ended',
      'ci ended',
    ])
    const said = [added, rotated, ended, listed].map(({ out }) => out).join()
    for (const { hash } of held() ?? []) expect(said).not.toContain(hash)
    expect(said).not.toContain(secret)
    // A name whose credentials have ended may be given again, with another right.
    expect((await run('add', '--name', 'ci', '--may', 'read')).status).toBe(0)
    expect(held()?.filter(({ name }) => name === 'ci')).toHaveLength(1)
  })

  it('refuse what makes no sense, and change nothing', async () => {
    const { run, held } = await ledgerToRun()
    const before = held()
    const wrong = [
      ['add', '--name', 'A', '--may', 'read'],
      ['add', '--name', 'a', '--may', 'write'],
      ['add', '--name', 'a', '--may', 'read', '--until', '2025-01-01T00:00:00.000Z'],
      ['add', '--name', 'a', '--may', 'append', '--bytes-per-minute', '32768'],
      ['add', '--name', 'server', '--may', 'append'],
      ['rotate', '--name', 'server', '--grace-seconds', '99999999'],
      ['end'],
      ['end', '--name', 'a', '--id', 'b'],
      ['sing'],
    ]
    for (const args of wrong) expect([args, (await run(...args)).status]).toEqual([args, 2])
    expect((await run('end', '--name', 'nobody')).err).toContain('unknown_credential')
    expect((await run('list', '--dir', temporaryDir())).err).toContain('not_a_ledger')
    expect(held()).toEqual(before)
  })

  it('keep the file within what a ledger reads: those that ended first make room', async () => {
    const { run, held } = await ledgerToRun()
    for (let at = 0; at < 300; at++)
      expect((await run('rotate', '--name', 'server', '--grace-seconds', '0')).status).toBe(0)
    expect(held()).toHaveLength(256)
    for (let at = 0; at < 15; at++) expect((await run('add', '--name', `w${at}`, '--may', 'append')).status).toBe(0)
    expect((await run('add', '--name', 'w15', '--may', 'append')).err).toContain('bad_usage')
    expect((await run('list')).status).toBe(0)
  })
})
