import fs from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LogEvent } from '../log.ts'
import { nodeFiles } from '../node-files.ts'
import { startMs, temporaryDir } from '../testing/temporary-ledger.ts'
import { ReadRecord, readsFilesMax } from './read-record.ts'

const read = { name: 'reader', credential: 'cr_0', target: '/checkpoint', status: 200 }

function recordIn(dir: string, fileBytesMax?: number) {
  const events: LogEvent[] = []
  const log = (event: LogEvent) => void events.push(event)
  const parts = { files: nodeFiles, dir, now: () => startMs, log }
  return { events, record: new ReadRecord({ ...parts, ...(fileBytesMax !== undefined && { fileBytesMax }) }) }
}

describe('the record of reads', () => {
  it('goes on in its newest file, and keeps a line cut short by itself', async () => {
    const dir = join(temporaryDir(), 'reads')
    for (let life = 0; life < 2; life++) {
      const { record } = recordIn(dir)
      expect(record.write(read)).toBe(true)
      await record.close()
    }
    expect(fs.readdirSync(dir)).toEqual(['00000001.jsonl'])
    const path = join(dir, '00000001.jsonl')
    fs.appendFileSync(path, '{"at":')
    const { record } = recordIn(dir)
    record.write(read)
    await record.close()
    const lines = fs.readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(lines.map(line => line.endsWith('}'))).toEqual([true, true, false, true])
    expect(fs.statSync(path).mode & 0o777).toBe(0o600)
  })

  it('begins another file past the bound, and removes the oldest of too many, which it says', async () => {
    const dir = join(temporaryDir(), 'reads')
    const { record, events } = recordIn(dir, 150)
    for (let written = 0; written < readsFilesMax + 2; written++) expect(record.write(read)).toBe(true)
    await record.close()
    const names = fs.readdirSync(dir)
    expect([names.length, names[0], names.at(-1)]).toEqual([readsFilesMax, '00000003.jsonl', '00000066.jsonl'])
    const removed = ['00000001.jsonl', '00000002.jsonl'].map(file => ({ event: 'reads_removed', file }))
    expect(events).toEqual(removed)
    for (const name of names) expect(fs.statSync(join(dir, name)).size).toBeLessThanOrEqual(150)
  })

  it('keeps what is asked for short, and says when there is no place for it', async () => {
    const dir = join(temporaryDir(), 'reads')
    const { record } = recordIn(dir)
    record.write({ ...read, target: `/tile/${'x'.repeat(5000)}` })
    await record.close()
    expect(fs.statSync(join(dir, '00000001.jsonl')).size).toBeLessThan(400)
    const { record: lost, events } = recordIn(join(dir, '00000001.jsonl', 'below'))
    expect([lost.write(read), lost.write(read), lost.state]).toEqual([false, false, 'failing'])
    expect(events.map(({ event }) => event)).toEqual(['reads_not_recorded'])
  })
})
