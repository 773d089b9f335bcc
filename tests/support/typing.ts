import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TourStep } from './readme.ts'
import { bins } from './processes.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** A directory in which a page's commands can be typed: what they see of the repository, and a git identity. */
export function prepareHome(home: string): void {
  for (const name of ['node_modules', 'examples', 'packages']) symlinkSync(join(repository, name), join(home, name))
  writeFileSync(join(home, 'gitconfig'), '[user]\n\tname = Ana\n\temail = ana@acme.example\n')
}

export const environment = (home: string): NodeJS.ProcessEnv => ({
  ...process.env,
  HOME: home,
  GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
  GIT_CONFIG_NOSYSTEM: '1',
  DATABASE_URL: '',
  NO_COLOR: '1',
})

/** `breakglass up` in that directory: its first administrator's link, and how to stop it. */
export async function startUp(home: string, port = 0): Promise<{ link: string; stop: () => Promise<void> }> {
  // `npm start` is `breakglass up`; only the port is another, because somebody may be using the real one.
  const up = spawn(process.execPath, [bins.breakglass, 'up', '--port', String(port)], {
    cwd: home,
    env: environment(home),
  })
  const ended = once(up, 'exit')
  const stop = async (): Promise<void> => {
    up.kill('SIGTERM')
    await ended
  }
  try {
    return { link: await adminLink(up.stdout), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * One shell, so that `cd` and `export` last; every line is checked where it stands, and the first wrong one ends it. What it
 * left running in the background is stopped. Answers with all that was said.
 */
export async function typeLines(
  steps: readonly TourStep[],
  home: string,
  patienceMs = 120_000,
): Promise<{ code: number | null; said: string }> {
  const script = steps.map(({ line, isRefused }) => {
    const wrong = isRefused ? '[ $status -ne 0 ]' : '[ $status -eq 0 ]'
    const quoted = line.replaceAll("'", `'\\''`)
    return `printf '%s\\n' '$ ${quoted}'\n${line}\nstatus=$?\n${wrong} || { echo "WRONG: status $status"; exit 1; }`
  })
  // A group of its own, so that all it started can be told to end.
  const shell = spawn('bash', ['-c', `exec 2>&1\nset -o pipefail\n${script.join('\n')}\n`], {
    cwd: home,
    env: environment(home),
    detached: true,
  })
  let said = ''
  shell.stdout.on('data', (part: Buffer) => {
    said += part.toString()
  })
  // A page that waits for something that never comes should show how far it came.
  const impatience = setTimeout(() => endGroup(shell), patienceMs)
  const [code] = (await once(shell, 'exit')) as [number | null]
  clearTimeout(impatience)
  endGroup(shell)
  return { code, said }
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM')
  } catch {
    // Nothing of it runs any more.
  }
}

function adminLink(stdout: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    stdout.on('data', (part: Buffer) => {
      text += part.toString()
      const found = /http:\/\/\S+\/welcome#\S+/.exec(text)
      if (found) resolve(found[0])
    })
    stdout.on('end', () => reject(new Error(`no administrator link was printed:\n${text}`)))
  })
}
