import { isAbsolute } from 'node:path'
import { readObject } from '../checked-json.ts'
import { LedgerError } from '../errors.ts'
import type { MirrorFiles } from './mirror-files.ts'

/** docs/formats/mirror.md "sinks.json". */
export interface SinksConfig {
  needed: number
  waitMs: number
  sinks: SinkConfig[]
}

export type SinkConfig = DirectoryConfig | SyslogConfig

export interface DirectoryConfig {
  kind: 'directory'
  name: string
  path: string
}

export interface SyslogConfig {
  kind: 'syslog'
  name: string
  host: string
  port: number
  ca: string
  cert?: string
  key?: string
  serverName?: string
  facility: number
  messageBytesMax: number
  counts: boolean
}

/** A disk that hangs keeps one of Node's four file threads; the ledger's own syncs need the fourth. */
const sinksMax = 3
const configBytesMax = 65_536
const waitMsDefault = 2000
const logAudit = 13
/** What RFC 5425 §4.3.1 says a receiver should take. */
const messageBytesDefault = 8192

/** Code: `config_damaged`. */
export async function readSinksConfig(files: MirrorFiles, path: string): Promise<SinksConfig> {
  const bytes = await files.read(path, configBytesMax)
  return parseSinksConfig(bytes === undefined ? '{"v":1,"sinks":[]}' : Buffer.from(bytes).toString('utf8'), path)
}

/** Code: `config_damaged`, with what was expected and where. */
export function parseSinksConfig(text: string, path: string): SinksConfig {
  const refuse = (expected: string): never => {
    throw new LedgerError('config_damaged', `${path}: expected ${expected}; see docs/formats/mirror.md`)
  }
  const top =
    members(readObject(text), ['v', 'needed', 'waitMs', 'sinks']) ?? refuse('v, needed, waitMs, sinks and no other')
  if (top['v'] !== 1) refuse('"v": 1')
  const given: unknown[] = Array.isArray(top['sinks']) ? top['sinks'] : refuse('a list of sinks')
  if (given.length > sinksMax) refuse(`at most ${sinksMax} sinks`)
  const sinks = given.map(
    (value, position) =>
      readDirectory(value) ?? readSyslog(value) ?? refuse(`sinks[${position}] to be a directory or syslog sink`),
  )
  if (new Set(sinks.map(({ name }) => name)).size !== sinks.length) refuse('each name once')
  const counting = sinks.filter(sink => sink.kind === 'directory' || sink.counts).length
  const needed = integer(top['needed'] ?? 0, 0, counting) ?? refuse(`needed to be 0 .. ${counting}, as many as count`)
  const waitMs = integer(top['waitMs'] ?? waitMsDefault, 100, 60_000) ?? refuse('waitMs to be 100 .. 60000')
  return { needed, waitMs, sinks }
}

function readDirectory(value: unknown): DirectoryConfig | undefined {
  const given = members(value, ['name', 'kind', 'path'])
  const name = nameOf(given?.['name'])
  const path = given?.['path']
  if (given?.['kind'] !== 'directory' || name === undefined) return undefined
  return typeof path === 'string' && isAbsolute(path) ? { kind: 'directory', name, path } : undefined
}

const syslogMembers = ['host', 'port', 'ca', 'cert', 'key', 'serverName', 'facility', 'messageBytesMax', 'counts']

function readSyslog(value: unknown): SyslogConfig | undefined {
  const given = members(value, ['name', 'kind', ...syslogMembers])
  if (given?.['kind'] !== 'syslog') return undefined
  const name = nameOf(given['name'])
  const host = textOf(given['host'])
  const ca = textOf(given['ca'])
  const port = integer(given['port'], 1, 65_535)
  const facility = integer(given['facility'] ?? logAudit, 0, 23)
  const messageBytesMax = integer(given['messageBytesMax'] ?? messageBytesDefault, 2048, 65_536)
  const counts = given['counts'] ?? false
  const optional = ['cert', 'key', 'serverName'].filter(member => given[member] !== undefined)
  if (optional.some(member => textOf(given[member]) === undefined) || typeof counts !== 'boolean') return undefined
  // One without the other could not prove anything to the receiver.
  if ((given['cert'] === undefined) !== (given['key'] === undefined)) return undefined
  if (name === undefined || host === undefined || ca === undefined || port === undefined) return undefined
  if (facility === undefined || messageBytesMax === undefined) return undefined
  const texts = Object.fromEntries(optional.map(member => [member, textOf(given[member]) ?? '']))
  return { kind: 'syslog', name, host, port, ca, facility, messageBytesMax, counts, ...texts }
}

/** The members of an object that has no others. */
function members(value: unknown, known: readonly string[]): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const given: Record<string, unknown> = { ...value }
  return Object.keys(given).every(member => known.includes(member)) ? given : undefined
}

function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z0-9-]{1,32}$/.test(value) ? value : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function integer(value: unknown, min: number, max: number): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max ? value : undefined
}
