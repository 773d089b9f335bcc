import { describe, expect, it } from 'vitest'
import { LedgerError } from './errors.ts'
import type { Host } from './host.ts'
import { addressFrom, ending } from './serving.ts'
import { serveCommand } from './serve-command.ts'
import { codeOf, newLedger, startMs } from './testing/temporary-ledger.ts'

describe('a process that serves', () => {
  it('can be stopped by whoever has read its ready line, that very moment', async () => {
    const { dir } = await newLedger()
    let stop: ((why: string) => void) | undefined
    const said: boolean[] = []
    const host: Host = {
      now: () => startMs,
      random: bytes => new Uint8Array(bytes),
      out: () => {
        said.push(stop !== undefined)
        stop?.('SIGINT')
      },
      err: () => undefined,
      onStop: told => {
        stop = told
      },
    }
    expect(await serveCommand.run({ dir }, host)).toBe(0)
    expect(said).toEqual([true])
  })

  it('throws what stopped it for good', async () => {
    const end = ending()
    end.onFatal(new LedgerError('disk_failed', 'the disk failed'))
    expect(await codeOf(end.wait())).toBe('disk_failed')
  })

  it('listens on this machine alone unless it is told otherwise', async () => {
    expect(addressFrom({})).toEqual({ host: '127.0.0.1', port: 0 })
    expect(await codeOf(Promise.resolve().then(() => addressFrom({ listen: '0.0.0.0:80' })))).toBe('remote_not_allowed')
    expect(addressFrom({ listen: '0.0.0.0:80', 'allow-remote': true })).toEqual({ host: '0.0.0.0', port: 80 })
  })
})
