import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { BreakglassError } from '@breakglass/core/errors'
import { parseTrustPolicy, type TrustPolicy } from '@breakglass/verify'
import { type Channels, parseChannels } from './chat/channels.ts'
import { bodyBytesMax } from './intake/body.ts'
import { parseSecrets } from './intake/secrets.ts'
import { isLoopback } from './loopback.ts'

/** What `serve` and `migrate` are told, read once at the process's edge. docs/operations.md "Starting the server". */
export interface ServeConfig {
  /** Where the database (unless `databaseUrl`), the issuer's key and trust.json lie. */
  dir: string
  databaseUrl: string | undefined
  listen: { host: string; port: number }
  /** Where people reach the server; absent: where it listens. */
  url: string | undefined
  ledger: { url: string; secret: string; policyText: string; policy: TrustPolicy; origin: string }
  organization: string
  /** The directory of @breakglass/web; absent: the one that is installed beside the server. */
  web: string | undefined
  /** Where reports are posted; empty: nowhere. */
  channels: Channels
  /** Absent: no deliveries of GitHub are taken. */
  github: GithubConfig | undefined
}

/** docs/github.md "Intake". */
export interface GithubConfig {
  secrets: readonly string[]
  bytesMax: number
  /** Where its API is; what a delivery points at must be there. */
  apiBase: string
  /** The id of our app; empty: nothing on GitHub is ours. */
  app: string
}

export const help = `breakglass-server: the access server

  breakglass-server serve   --dir D --ledger-url U --ledger-secret-file F --ledger-vkey V
  breakglass-server migrate --dir D      bring the database to this version's schema

  --dir D                 the server's directory: database, issuer's key, trust.json
  --ledger-url U          where the ledger listens
  --ledger-secret-file F  a file with the append credential that the ledger's init wrote
  --ledger-vkey V         the ledger's verifier key, as its ready line says it
  --ledger-policy-file F  instead of --ledger-vkey: a tlog-policy file with one log and its witnesses
  --listen HOST:PORT      default 127.0.0.1:7117; port 0 picks a free one
  --allow-remote          listen on an address others can reach; put TLS in front, tokens travel in the clear
  --url U                 where people reach it, for links; default: where it listens
  --organization NAME     at the first start: what to call it
  --web DIR               the dashboard's files; default: those installed beside the server
  --chat-file F           a file with a line for each channel of a chat: its name and its incoming webhook's address
  --github-secret-file F  take webhooks of GitHub at /hooks/github; a secret a line, all of them accepted
  --github-api U          default https://api.github.com; https://HOST/api/v3 for Enterprise Server
  --github-app ID         the id of this organisation's GitHub app
  --github-body-max N     take deliveries of at most N bytes; default and most: 26214400

DATABASE_URL names a PostgreSQL database to use instead of the embedded one.
When it is ready it prints one JSON line. SIGTERM and SIGINT finish what was taken and end with 0; when started by a
launcher with a channel it ends when that channel closes. Log lines are JSON on stderr, without secrets.

  breakglass-server serve --dir ./server --ledger-url http://127.0.0.1:8470 \\
    --ledger-secret-file ./ledger/credentials/server.secret --ledger-vkey 'log.example+1a2b3c4d+AX…'`

const options = {
  dir: { type: 'string' },
  listen: { type: 'string' },
  'allow-remote': { type: 'boolean' },
  url: { type: 'string' },
  'ledger-url': { type: 'string' },
  'ledger-secret-file': { type: 'string' },
  'ledger-vkey': { type: 'string' },
  'ledger-policy-file': { type: 'string' },
  organization: { type: 'string' },
  web: { type: 'string' },
  'chat-file': { type: 'string' },
  'github-secret-file': { type: 'string' },
  'github-api': { type: 'string' },
  'github-app': { type: 'string' },
  'github-body-max': { type: 'string' },
  help: { type: 'boolean' },
} as const

type Flags = Record<string, string | boolean | undefined>

/** Throws `usage`. */
export function readFlags(args: string[]): Flags {
  try {
    return parseArgs({ args, options, strict: true }).values
  } catch (cause) {
    throw new BreakglassError('usage', {
      message: `${cause instanceof Error ? cause.message : 'unknown flag'} See --help.`,
      cause,
    })
  }
}

/** Throws `usage`. */
export function serveConfig(flags: Flags, env: NodeJS.ProcessEnv): ServeConfig {
  const policyText = policyTextOf(flags)
  const policy = parseTrustPolicy(policyText)
  const log = policy.ok ? policy.value.logs[0] : undefined
  if (!policy.ok || !log || policy.value.logs.length !== 1) {
    throw usage('--ledger-vkey or --ledger-policy-file', 'the verifier key of one log', 'something else')
  }
  return {
    ...storeConfig(flags, env),
    listen: listenOf(flags),
    url: urlOf(optional(flags, 'url')),
    ledger: {
      url: required(flags, 'ledger-url').replace(/\/+$/, ''),
      secret: readText(required(flags, 'ledger-secret-file')).trim(),
      policyText,
      policy: policy.value,
      origin: log.key.name,
    },
    organization: optional(flags, 'organization') ?? 'breakglass',
    web: optional(flags, 'web'),
    channels: channelsOf(optional(flags, 'chat-file')),
    github: githubOf(flags),
  }
}

export function storeConfig(flags: Flags, env: NodeJS.ProcessEnv): Pick<ServeConfig, 'dir' | 'databaseUrl'> {
  const url = env['DATABASE_URL']
  return { dir: resolve(required(flags, 'dir')), databaseUrl: url === undefined || url === '' ? undefined : url }
}

const channelsOf = (file: string | undefined): Channels => parseChannels(file === undefined ? '' : readText(file))

function githubOf(flags: Flags): GithubConfig | undefined {
  const file = optional(flags, 'github-secret-file')
  const others = ['github-api', 'github-app', 'github-body-max'].filter(name => optional(flags, name) !== undefined)
  if (file === undefined) {
    if (others[0] === undefined) return undefined
    throw usage(`--${others[0]}`, '--github-secret-file beside it', 'none')
  }
  const api = optional(flags, 'github-api') ?? 'https://api.github.com'
  const app = optional(flags, 'github-app') ?? ''
  const bytes = optional(flags, 'github-body-max') ?? String(bodyBytesMax)
  const url = URL.canParse(api) ? new URL(api) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (!url || !isSafe || url.username !== '' || url.search !== '' || url.hash !== '')
    throw usage('--github-api', 'an https address', api)
  if (!/^\d{0,20}$/.test(app)) throw usage('--github-app', 'the number of an app', app)
  if (!/^[1-9]\d{0,8}$/.test(bytes) || Number(bytes) > bodyBytesMax)
    throw usage('--github-body-max', `1 to ${bodyBytesMax} bytes`, bytes)
  return { secrets: parseSecrets(readText(file)), bytesMax: Number(bytes), apiBase: api.replace(/\/+$/, ''), app }
}

function policyTextOf(flags: Flags): string {
  const file = optional(flags, 'ledger-policy-file')
  return file === undefined ? `log ${required(flags, 'ledger-vkey')}\nquorum none\n` : readText(file)
}

function listenOf(flags: Flags): { host: string; port: number } {
  const text = optional(flags, 'listen') ?? '127.0.0.1:7117'
  const [, bracketed, plain, portText = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(portText)
  if (host === undefined || port > 65_535) throw usage('--listen', 'HOST:PORT such as 127.0.0.1:7117', text)
  if (isLoopback(host) || flags['allow-remote'] === true) return { host, port }
  throw new BreakglassError(
    'usage',
    `${host} is not a loopback address, and this is plain HTTP. Put a TLS proxy in front, or say --allow-remote when something else protects it.`,
  )
}

function urlOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  // The first administrator's link goes there: never over a line that others read.
  const isPrivate = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (url && isPrivate) return (url.origin + url.pathname).replace(/\/+$/, '')
  throw usage('--url', 'an https address, or http on this machine', text)
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new BreakglassError('usage', {
      message: `${file} could not be read. Name a file that this user may read.`,
      cause,
    })
  }
}

function required(flags: Flags, name: string): string {
  const value = optional(flags, name)
  if (value !== undefined && value !== '') return value
  throw new BreakglassError('usage', `--${name} is needed. See --help.`)
}

function optional(flags: Flags, name: string): string | undefined {
  const value = flags[name]
  return typeof value === 'string' ? value : undefined
}

const usage = (flag: string, expected: string, found: string) =>
  new BreakglassError(
    'usage',
    `${flag}: expected ${expected}, found ${JSON.stringify(found.slice(0, 200))}. See --help.`,
  )
