import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { flags } from './flags.ts'
import { bins, run, type Service, start } from './processes.ts'

export interface Witnesses {
  /** The tlog-policy: this log, these witnesses, how many of them. */
  policy: string
  services: Service[]
  stop(): Promise<void>
}

/** Witnesses of a log below `dir`, each a process of its own. */
export async function startWitnesses(
  dir: string,
  vkey: string,
  { count, needed }: { count: number; needed: number },
): Promise<Witnesses> {
  mkdirSync(dir)
  const names = Array.from({ length: count }, (_, at) => `w${at + 1}`)
  const services: Service[] = []
  const lines: string[] = []
  for (const name of names) {
    const home = join(dir, name)
    const made = await witness(['init', ...flags({ dir: home, name: `${name}.witness.example` })])
    await witness(['add-log', ...flags({ dir: home, vkey })])
    const service = await start(bins.ledger, ['witness', 'serve', ...flags({ dir: home, listen: '127.0.0.1:0' })])
    services.push(service)
    lines.push(`witness ${name} ${String(made['vkey'])} ${String(service.ready['url'])}`)
  }
  const policy = [`log ${vkey}`, ...lines, `group enough ${needed} ${names.join(' ')}`, 'quorum enough', ''].join('\n')
  return { policy, services, stop: async () => void (await Promise.all(services.map(service => service.stop()))) }
}

async function witness(args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await run(process.execPath, [bins.ledger, 'witness', ...args])
  if (code !== 0) throw new Error(`witness ${args.join(' ')}: ${stderr}`)
  return JSON.parse(stdout)
}
