import { BreakglassError, exitCodes } from '@breakglass/core/errors'
import { help, readFlags, serveConfig, storeConfig } from './config.ts'
import type { Host } from './host.ts'
import { serve, storeOf } from './serve.ts'
import { openStore } from './store/open.ts'

/** Runs one command line; gives the exit status of docs/operations.md "Exit statuses". */
export async function runCommandLine(argv: readonly string[], host: Host, env: NodeJS.ProcessEnv): Promise<number> {
  const [name = '--help', ...rest] = argv
  try {
    if (name === '--help' || name === '-h' || name === 'help') return say(host)
    const flags = readFlags(rest)
    if (flags['help'] === true) return say(host)
    if (name === 'serve') await serve(serveConfig(flags, env), host, ready => host.out(JSON.stringify(ready)))
    else if (name === 'migrate') await migrate(storeConfig(flags, env), host)
    else
      throw new BreakglassError(
        'usage',
        `Expected serve or migrate, found ${JSON.stringify(name.slice(0, 100))}. See --help.`,
      )
    return 0
  } catch (failure) {
    if (!(failure instanceof BreakglassError)) return defect(host, failure)
    host.log({ event: 'failed', code: failure.code, message: failure.message })
    return failure.meaning.exit
  }
}

function defect(host: Host, failure: unknown): keyof typeof exitCodes {
  const words = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)
  host.log({ event: 'failed', code: 'internal', message: words })
  return 70
}

async function migrate(config: { dir: string; databaseUrl: string | undefined }, host: Host): Promise<void> {
  const store = await openStore({ ...storeOf(config), random: host.random })
  try {
    await store.migrate()
    host.out(JSON.stringify({ migrated: true, store: store.engine }))
  } finally {
    await store.close()
  }
}

function say({ out }: Host): keyof typeof exitCodes {
  out(help)
  return 0
}
