import { spawn } from 'node:child_process'
import type { Landing } from '@breakglass/core/baseline'
import { BreakglassError } from '@breakglass/core/errors'
import type { Context } from '../framework/context.ts'
import { faultOf, gitEnvironment, gitSettings, type HistoryPlace } from './repository.ts'

/** Committer time, tree, parents and the author's address, a line each; behind them the message as it is. */
const format = '%ct%n%T%n%P%n%ae%n%B'
/** A message beyond this is cut: marks stand in lines, and a line of this length is none. */
const recordBytesMax = 1_048_576

/**
 * Reads the first-parent landings of a branch, newest first, a record at a time: what is in memory is one chunk of git's
 * output. Throws `bad_input` with git's own words when it ends badly, a damaged object for example.
 */
export async function readLandings(
  place: HistoryPlace,
  env: Context['env'],
  take: (landing: Landing) => void,
): Promise<void> {
  const args = [
    ...gitSettings,
    'log',
    '-z',
    '--first-parent',
    '--no-color',
    '--no-decorate',
    '--no-notes',
    '--no-mailmap',
    `--format=${format}`,
    '--end-of-options',
    place.head,
    '--',
  ]
  const child = spawn('git', args, {
    cwd: place.directory,
    env: gitEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (errors.length < 4096) errors += text
  })
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', error => reject(faultOf(error) ?? error))
    child.on('close', code => resolve(code ?? 1))
  })
  // Whoever stops reading early waits for nothing more.
  ended.catch(() => undefined)
  try {
    await splitRecords(child.stdout, record => take(landingOf(record)))
  } finally {
    child.kill()
  }
  const code = await ended
  if (code !== 0) {
    const said = errors.trim().split('\n').at(-1) ?? ''
    throw new BreakglassError('bad_input', {
      message: `git could not read the whole history of ${place.directory}: ${said || `it ended with ${code}`}. Nothing was counted; git fsck says more.`,
    })
  }
}

/**
 * Hands over what stands between NUL bytes, decoded as UTF-8 with U+FFFD for what is none. A chunk is decoded whole: a record
 * is a slice of it, and to be let go with it.
 */
async function splitRecords(chunks: AsyncIterable<Buffer>, take: (record: string) => void): Promise<void> {
  let rest: Buffer[] = []
  let restBytes = 0
  const keep = (part: Buffer) => {
    const room = recordBytesMax - restBytes
    if (room <= 0 || part.length === 0) return
    rest.push(part.subarray(0, room))
    restBytes += Math.min(room, part.length)
  }
  for await (const chunk of chunks) {
    let start = 0
    if (restBytes > 0) {
      const end = chunk.indexOf(0)
      keep(end < 0 ? chunk : chunk.subarray(0, end))
      if (end < 0) continue
      take(Buffer.concat(rest).toString('utf8'))
      rest = []
      restBytes = 0
      start = end + 1
    }
    const last = chunk.lastIndexOf(0)
    if (last >= start) takeAll(chunk.toString('utf8', start, last), take)
    keep(chunk.subarray(Math.max(start, last + 1)))
  }
  if (restBytes > 0) take(Buffer.concat(rest).toString('utf8'))
}

function takeAll(text: string, take: (record: string) => void): void {
  for (let start = 0; start <= text.length; ) {
    const at = text.indexOf('\0', start)
    const end = at < 0 ? text.length : at
    take(text.slice(start, Math.min(end, start + recordBytesMax)))
    start = end + 1
  }
}

/** One record of `format`. */
function landingOf(record: string): Landing {
  const fields: string[] = []
  let start = 0
  while (fields.length < 4) {
    const at = record.indexOf('\n', start)
    const end = at < 0 ? record.length : at
    fields.push(record.slice(start, end))
    start = end + 1
  }
  const [time = '', tree = '', parents = '', author = ''] = fields
  const seconds = Number(time)
  return {
    atSeconds: Number.isSafeInteger(seconds) ? seconds : 0,
    tree,
    parents: parents === '' ? 0 : parents.split(' ').length,
    author,
    message: record.slice(start),
  }
}
