import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { thisProgram } from '../hook-file.ts'
import { FakeServer } from './fake-server.ts'
import { type Listening, listen } from './http-listener.ts'
import { makeRepository, type TestRepository } from './repository.ts'
import { cli } from './run-cli.ts'
import { gates, programWith, World } from './world.ts'

export interface Ended {
  status: number | null
  signal: NodeJS.Signals | null
  output: string
}

export interface Running {
  child: ChildProcess
  ended: Promise<Ended>
}

/** A bare repository with an installed hook, whose pushes are real pushes and whose hook is a real process. */
export interface Installed {
  world: World
  server: FakeServer
  repository: TestRepository
  home: string
  push(...args: string[]): Promise<Ended>
  /** The command line as a process of its own. */
  start(argv: readonly string[], stdin?: string): Running
  close(): Promise<void>
}

export async function makeInstalled(): Promise<Installed> {
  // Whole processes have the machine's clock, so this world has it too.
  const program = thisProgram()
  const world = new World(Date.now())
  world.publish(programWith([gates.tests]))
  const server = new FakeServer(world)
  const http: Listening = await listen(server)
  const repository = makeRepository()
  const home = join(repository.bare, 'breakglass')
  await install(repository, { url: http.url, trustText: world.trustText })
  return {
    world,
    server,
    repository,
    home,
    push: (...args) => run('git', ['push', ...args], { cwd: repository.clone, env: repository.env }).ended,
    start: (argv, stdin) =>
      run(program.node, [program.bin, ...argv], { cwd: repository.bare, env: repository.env, stdin }),
    close: async () => {
      await http.close()
      repository.close()
    },
  }
}

async function install(
  repository: TestRepository,
  { url, trustText }: { url: string; trustText: string },
): Promise<void> {
  const trust = join(repository.root, 'trust.json')
  writeFileSync(trust, trustText)
  const argv = ['hook', 'install', '--repo', repository.bare, '--name', 'acme/payments', '--trust', trust]
  const env = { ...repository.env, BREAKGLASS_SERVER: url, BREAKGLASS_TOKEN: 'admin' }
  const ran = await cli([...argv, '--host', 'git.acme.example'], { env, cwd: repository.root })
  if (ran.exit !== 0) throw new Error(ran.stderr)
}

interface RunOptions {
  cwd: string
  env: Record<string, string>
  stdin?: string | undefined
}

function run(file: string, args: readonly string[], { cwd, env, stdin }: RunOptions): Running {
  const child = spawn(file, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
  const chunks: string[] = []
  child.stdout.on('data', chunk => chunks.push(String(chunk)))
  child.stderr.on('data', chunk => chunks.push(String(chunk)))
  child.stdin.on('error', () => {})
  child.stdin.end(stdin ?? '')
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status, signal) => resolve({ status, signal, output: chunks.join('') }))
  })
  return { child, ended }
}
