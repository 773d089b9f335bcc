import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { initLedger, openLedger } from '../../packages/ledger/src/index.ts'
import { openSinks, type Sinks } from '../../packages/ledger/src/sinks/sinks.ts'
import { type Rsyslog, startRsyslog } from '../support/rsyslog.ts'

interface World {
  append(count: number): Promise<void>
  sinks(more?: Record<string, unknown>): Promise<Sinks>
}

async function ledgerBeside({ port, ca }: Rsyslog): Promise<World> {
  const dir = fs.mkdtempSync(join(tmpdir(), 'breakglass-sinks-'))
  await initLedger({ dir: join(dir, 'ledger'), origin: 'log.example/test', now: Date.now })
  const ledger = await openLedger({ dir: join(dir, 'ledger'), now: Date.now })
  onTestFinished(async () => {
    await ledger.close()
    fs.rmSync(dir, { recursive: true, force: true })
  })
  const all: Uint8Array[] = []
  const source = {
    origin: ledger.origin,
    size: () => ledger.checkpoint().size,
    checkpoint: () => ledger.checkpoint(),
    entries: (from: number, until: number) => all.slice(from, until),
  }
  return {
    append: async count => {
      const more = Array.from({ length: count }, (_, offset) => Buffer.from(`entry ${all.length + offset} "\r\u0000ü`))
      all.push(...more)
      await ledger.append(more)
    },
    sinks: async (more = {}) => {
      const sink = { name: 'siem', kind: 'syslog', host: '127.0.0.1', serverName: 'localhost', port, ca, counts: true }
      const config = { v: 1, needed: 1, waitMs: 15_000, sinks: [{ ...sink, ...more }] }
      fs.writeFileSync(join(dir, 'sinks.json'), JSON.stringify(config))
      const sinks = await openSinks({ dir, source, now: Date.now, log: () => undefined })
      onTestFinished(() => sinks.close())
      return sinks
    },
  }
}

const said = (rsyslog: Rsyslog): Record<string, unknown>[] => rsyslog.lines().map(line => JSON.parse(line))
const indices = (rsyslog: Rsyslog): Set<unknown> =>
  new Set(said(rsyslog).flatMap(({ kind, index }) => (kind === 'entry' ? [index] : [])))

describe('a real rsyslog over TLS', () => {
  it('is sent each entry as it was, and the checkpoint after those it commits to', async () => {
    const rsyslog = await startRsyslog()
    const world = await ledgerBeside(rsyslog)
    await world.append(3)
    const sinks = await world.sinks()
    expect(await sinks.held(3)).toBe(true)
    const messages = said(rsyslog)
    expect(messages.map(({ kind, index, size }) => [kind, index ?? size])).toEqual([
      ['entry', 0],
      ['entry', 1],
      ['entry', 2],
      ['checkpoint', 3],
    ])
    expect(messages[1]).toMatchObject({ origin: 'log.example/test', text: 'entry 1 "\r\u0000ü' })
  })

  it('misses nothing when it was down, was stopped, or was killed in the middle', async () => {
    const rsyslog = await startRsyslog()
    const world = await ledgerBeside(rsyslog)
    const sinks = await world.sinks()
    let size = 0
    for (const signal of ['SIGTERM', 'SIGKILL', 'SIGKILL'] as const) {
      for (let batch = 0; batch < 8; batch++) {
        await world.append(250)
        sinks.published()
      }
      await rsyslog.stop(signal)
      await world.append(1)
      sinks.published()
      size += 2001
      await vi.waitFor(() => expect(sinks.status()[0]?.state).toBe('failing'), 15_000)
      await rsyslog.start()
      expect(await sinks.held(size)).toBe(true)
      expect(indices(rsyslog).size).toBe(size)
    }
  })

  it('is sent nothing under another name or another authority', async () => {
    const rsyslog = await startRsyslog()
    const world = await ledgerBeside(rsyslog)
    await world.append(1)
    const other = await startRsyslog()
    for (const wrong of [{ serverName: 'elsewhere.example' }, { ca: other.ca }]) {
      const sinks = await world.sinks(wrong)
      await vi.waitFor(() => expect(sinks.status()[0]).toMatchObject({ state: 'failing', heldSize: 0 }), 10_000)
      await sinks.close()
    }
    expect(rsyslog.lines()).toEqual([])
  })
})
