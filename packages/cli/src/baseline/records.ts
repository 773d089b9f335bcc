import { createReadStream } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { BaselineReport } from '@breakglass/core/baseline'
import { AuditLog, baselineOfRecord, JsonRecords, type Recorded, RuleSuites } from '@breakglass/core/baseline/records'
import { BreakglassError } from '@breakglass/core/errors'
import type { CommandContext } from '../framework/command.ts'
import { progressOf } from './progress.ts'

export interface RecordQuestion {
  kind: 'audit-log' | 'rule-suites'
  /** A file, `-` for standard input; `.gz` is unpacked on the way. */
  file: string
  repository: string | undefined
  branch: string | undefined
  /** Seconds since 1970. */
  between: (seconds: number) => boolean
  zone: string
  thresholds: { low: number; high: number }
}

/** The numbers of an export of GitHub: read a record at a time. Throws `not_found` for no file, `bad_input` for no record in it. */
export async function recordReport(context: CommandContext, question: RecordQuestion): Promise<BaselineReport> {
  const { kind, repository, branch, between, zone, thresholds } = question
  const recorded = await readRecord(context, question)
  const source = {
    kind,
    ...(repository === undefined ? {} : { repository }),
    ...(branch === undefined ? {} : { branch }),
    shallow: false,
  }
  const landings = recorded.landings.filter(({ atSeconds }) => between(atSeconds))
  const options = { source, zone, thresholds, nowMs: context.now() }
  return baselineOfRecord(`github-${kind}`, { ...recorded, landings }, options)
}

async function readRecord(context: CommandContext, question: RecordQuestion): Promise<Recorded> {
  const { kind, file, repository, branch } = question
  const reader = kind === 'audit-log' ? new AuditLog({ repository, branch }) : new RuleSuites({ repository, branch })
  const json = new JsonRecords()
  const progress = progressOf(context, 'records read')
  let records = 0
  for await (const piece of textOf(context, file)) {
    for (const record of json.push(piece)) {
      progress.count()
      records += 1
      reader.add(record)
    }
  }
  json.end()
  progress.end()
  if (records === 0) throw noRecord(question, json.unreadable)
  const recorded = reader.end()
  const words = 'records that were cut off or are no JSON: passed over'
  const unreadable = json.unreadable === 0 ? [] : [{ kind: 'unreadable', count: json.unreadable, words }]
  return { ...recorded, odd: [...recorded.odd, ...unreadable] }
}

const noRecord = ({ kind, file }: RecordQuestion, unreadable: number) =>
  new BreakglassError(
    'bad_input',
    `${file}: expected ${kind === 'audit-log' ? 'an audit log' : 'rule suites'} of GitHub as JSON, an array or a record a line; found ${unreadable === 0 ? 'nothing' : 'something else'}. Export it as JSON and try again.`,
  )

/** Decoded as UTF-8, with U+FFFD for what is none, across the borders of chunks. */
async function* textOf({ cwd, stdin }: CommandContext, file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  try {
    for await (const chunk of bytesOf(file === '-' ? stdin : createReadStream(path.resolve(cwd, file)), file)) {
      yield typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    }
  } catch (cause) {
    throw faultOf(cause, file)
  }
  yield decoder.decode()
}

function bytesOf(source: NodeJS.ReadableStream, file: string): NodeJS.ReadableStream {
  if (!file.endsWith('.gz')) return source
  // A broken source breaks what is unpacked from it, and is told there.
  return pipeline(source, createGunzip(), () => undefined)
}

function faultOf(cause: unknown, file: string): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'ENOENT') return new BreakglassError('not_found', { message: `There is no file ${file}.`, cause })
  if (code === 'EISDIR' || code === 'EACCES') {
    return new BreakglassError('bad_input', { message: `${file}: expected a file that can be read (${code}).`, cause })
  }
  if (code.startsWith('Z_')) {
    return new BreakglassError('bad_input', { message: `${file}: expected gzip, as its name says (${code}).`, cause })
  }
  return cause
}
