import { spawn } from 'node:child_process'
import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Where the hook that was there before lies, and any that an operator adds: run in order of their names. */
export const otherHooksDirectory = 'pre-receive.d'

export interface OtherHooks {
  hooksPath: string
  stdin: Uint8Array
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  /** What they print goes to the person who pushes. */
  print: (text: string) => void
}

/** Each gets the same input; the first that fails refuses the push. One that cannot be started refuses it too. */
export async function runOtherHooks(hooks: OtherHooks): Promise<boolean> {
  for (const path of executablesIn(join(hooks.hooksPath, otherHooksDirectory))) {
    if (!(await runHook(path, hooks))) return false
  }
  return true
}

export function executablesIn(dir: string): string[] {
  try {
    return readdirSync(dir)
      .sort()
      .map(name => join(dir, name))
      .filter(isExecutable)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw cause
  }
}

function runHook(path: string, { stdin, env, cwd, print }: OtherHooks): Promise<boolean> {
  return new Promise(resolve => {
    const child = spawn(path, [], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdout.on('data', chunk => print(String(chunk)))
    child.stderr.on('data', chunk => print(String(chunk)))
    // A hook that does not read its input closes the pipe; that is its right.
    child.stdin.on('error', () => {})
    child.on('error', cause => {
      print(`${path}: ${cause.message}\n`)
      resolve(false)
    })
    child.on('close', code => resolve(code === 0))
    child.stdin.end(stdin)
  })
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
