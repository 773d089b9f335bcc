import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Line } from './measure.ts'
import { sample } from './measure.ts'

export const diskLine = 'disk: 4 kB written and fdatasynced'

/** What nothing durable can be faster than, measured in the same directory in the same run. */
export async function measureDisk(dir: string): Promise<Line> {
  const descriptor = openSync(join(dir, 'disk.bench'), 'w')
  const page = new Uint8Array(4096).fill(1)
  try {
    const samples = await sample(200, at => {
      writeSync(descriptor, page, 0, page.length, at * page.length)
      fdatasyncSync(descriptor)
    })
    return { what: diskLine, samples }
  } finally {
    closeSync(descriptor)
  }
}
