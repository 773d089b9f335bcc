import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { flags } from './flags.ts'
import { startWitnesses } from './witnesses.ts'
import { bins, type Run, run, type RunOptions, type Service, start } from './processes.ts'

/** A whole Breakglass on this machine: ledger and server as the processes that people run, each with its own directory. */
export interface Installation {
  dir: string
  url: string
  ledger: Service
  server: Service
  /** Of the ledger; none unless asked for. */
  witnesses: readonly Service[]
  /** Where the server writes the newest trust.json. */
  trustFile: string
  startServer(): Promise<void>
  startLedger(): Promise<void>
  /** `breakglass …`, as a person with a profile or as nobody. */
  breakglass(args: readonly string[], options?: CliOptions): Promise<Run>
  /** The same with `--json`, read; throws with what it said unless it ended with `code` (0). */
  json<T = Record<string, unknown>>(args: readonly string[], options?: CliOptions & { code?: number }): Promise<T>
  /** The token of a profile; for what the command line does not ask. */
  token(profile: string): Promise<string>
  /** `GET /api/v1…` as the holder of a profile. */
  api<T>(profile: string, path: string): Promise<T>
  /** Invites a person as `admin` and signs them in under a profile of their name. Gives their id. */
  join(name: string, roles?: readonly string[]): Promise<string>
  stop(): Promise<void>
}

export interface CliOptions extends RunOptions {
  as?: string
}

/** What may stand around the ledger: witnesses of whom some are needed, and a second copy below `vault` that each answer waits for. */
export interface OutOfReach {
  witnesses?: { count: number; needed: number }
  hasVault?: boolean
}

/** Starts everything in `dir`, which is the caller's to remove, with the first administrator signed in as `admin`. */
export async function installAt(
  dir: string,
  databaseUrl = '',
  { witnesses: wanted, hasVault = false }: OutOfReach = {},
): Promise<Installation> {
  const env = {
    HOME: dir,
    XDG_CONFIG_HOME: undefined,
    BREAKGLASS_CONFIG: join(dir, 'profiles.json'),
    DATABASE_URL: databaseUrl,
    NO_COLOR: '1',
    GIT_CONFIG_GLOBAL: join(dir, 'gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
  }
  const port = { ledger: 0, server: 0 }
  const startLedger = () =>
    start(bins.ledger, ['serve', '--dir', join(dir, 'ledger'), '--listen', `127.0.0.1:${port.ledger}`], { env })
  const made = await run(process.execPath, [bins.ledger, 'init', '--dir', join(dir, 'ledger')])
  if (made.code !== 0) throw new Error(`the ledger was not made: ${made.stderr}`)
  const { vkey } = JSON.parse(made.stdout) as { vkey: string }
  const witnesses = wanted && (await startWitnesses(join(dir, 'witnesses'), vkey, wanted))
  const policy = witnesses?.policy ?? `log ${vkey}\nquorum none\n`
  await writeFile(join(dir, 'ledger', 'policy'), policy)
  await writeFile(join(dir, 'policy'), policy)
  if (hasVault) {
    const sinks = [{ name: 'vault', kind: 'directory', path: join(dir, 'vault') }]
    await mkdir(join(dir, 'vault'))
    await writeFile(join(dir, 'ledger', 'sinks.json'), JSON.stringify({ v: 1, needed: 1, sinks }))
  }
  const ledger = await startLedger()
  // From now on the same addresses, so that what was installed still finds them after a restart.
  port.ledger = Number(new URL(String(ledger.ready['url'])).port)
  const startServer = () =>
    start(
      bins.server,
      [
        'serve',
        ...flags({
          dir: join(dir, 'server'),
          listen: `127.0.0.1:${port.server}`,
          organization: 'acme',
          'ledger-url': String(ledger.ready['url']),
          'ledger-policy-file': join(dir, 'policy'),
          'ledger-secret-file': join(dir, 'ledger', 'credentials', 'server.secret'),
        }),
      ],
      { env },
    )
  const server = await startServer()
  port.server = Number(new URL(String(server.ready['url'])).port)

  const installation: Installation = {
    dir,
    url: String(server.ready['url']),
    ledger,
    server,
    witnesses: witnesses?.services ?? [],
    trustFile: join(dir, 'server', 'trust.json'),
    async startServer() {
      installation.server = await startServer()
    },
    async startLedger() {
      installation.ledger = await startLedger()
    },
    breakglass(args, { as, ...options } = {}) {
      const profile = as === undefined ? [] : ['--profile', as]
      return run(process.execPath, [bins.breakglass, ...args, ...profile], {
        cwd: dir,
        ...options,
        env: { ...env, ...options.env },
      })
    },
    async json<T>(args: readonly string[], { code = 0, ...options }: CliOptions & { code?: number } = {}) {
      const result = await installation.breakglass([...args, '--json'], options)
      if (result.code !== code) {
        throw new Error(
          `breakglass ${args.join(' ')}: ${result.code}\n${result.stdout}\n${result.stderr}\n${installation.server.log()}`,
        )
      }
      return JSON.parse(result.stdout) as T
    },
    async token(profile) {
      const kept: { profiles: Record<string, { token: string }> } = JSON.parse(
        await readFile(join(dir, 'profiles.json'), 'utf8'),
      )
      return kept.profiles[profile]?.token ?? ''
    },
    async api<T>(profile: string, path: string) {
      const headers = { Authorization: `Bearer ${await installation.token(profile)}` }
      return (await (await fetch(`${installation.url}/api/v1${path}`, { headers })).json()) as T
    },
    async join(name, roles = []) {
      const invite = ['person', 'invite', `${name}@acme.example`, ...flags({ name, role: roles })]
      const { link } = await installation.json<{ link: string }>(invite, { as: 'admin' })
      return signIn(installation, link, name)
    },
    async stop() {
      await installation.server.stop()
      await installation.ledger.stop()
      await witnesses?.stop()
    },
  }
  await signIn(installation, String(server.ready['adminLink']), 'admin')
  return installation
}

async function signIn(installation: Installation, link: string, profile: string): Promise<string> {
  const { person } = await installation.json<{ person: { id: string } }>(['login', '-'], { as: profile, input: link })
  return person.id
}
