import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readReadme, type TourStep, tourOf } from '../support/readme.ts'
import { bins } from '../support/processes.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** The README's tour, from the README's own text, typed into one shell as a person would. */
describe('the five-minute tour of the README', () => {
  const home = mkdtempSync(join(tmpdir(), 'breakglass-tour-'))
  let stopUp: () => Promise<void> = async () => {}
  let link = ''

  beforeAll(async () => {
    // What the tour sees of the repository; what it makes stays apart from it.
    for (const name of ['node_modules', 'examples', 'packages']) symlinkSync(join(repository, name), join(home, name))
    writeFileSync(join(home, 'gitconfig'), '[user]\n\tname = Ana\n\temail = ana@acme.example\n')
    // `npm start` is `breakglass up`; only the port is another, because somebody may be using the real one.
    const up = spawn(process.execPath, [bins.breakglass, 'up', '--port', '0'], { cwd: home, env: environment(home) })
    const ended = once(up, 'exit')
    stopUp = async () => {
      up.kill('SIGTERM')
      await ended
    }
    link = await adminLink(up.stdout)
  })
  afterAll(async () => {
    await stopUp()
    rmSync(home, { recursive: true, force: true })
  })

  it('works as it is written', async () => {
    const steps = tourOf(readReadme())
    expect(steps.length).toBeGreaterThan(25)
    expect(steps.filter(({ isRefused }) => isRefused)).toHaveLength(3)
    const typed = steps.map(step => ({
      ...step,
      line: step.line.replace("'http://127.0.0.1:7117/welcome#…'", `'${link}'`),
    }))
    expect(typed.filter(({ line }) => line.includes(link))).toHaveLength(1)
    const said = await type(typed, home)
    expect(said).toContain('OPEN  payments/tests')
    expect(said).toContain('VERIFIED')
    expect(said).toContain('landed without the gate, protection off')
  })
})

const environment = (home: string) => ({
  ...process.env,
  HOME: home,
  GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
  GIT_CONFIG_NOSYSTEM: '1',
  DATABASE_URL: '',
  NO_COLOR: '1',
})

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

/** One shell, so that `cd` and `export` last; every line is checked where it stands, and the first wrong one ends it. */
async function type(steps: readonly TourStep[], home: string): Promise<string> {
  const script = steps.map(({ line, isRefused }) => {
    const wrong = isRefused ? '[ $status -ne 0 ]' : '[ $status -eq 0 ]'
    const quoted = line.replaceAll("'", `'\\''`)
    return `printf '%s\\n' '$ ${quoted}'\n${line}\nstatus=$?\n${wrong} || { echo "WRONG: status $status"; exit 1; }`
  })
  const shell = spawn('bash', ['-c', `exec 2>&1\nset -o pipefail\n${script.join('\n')}\n`], {
    cwd: home,
    env: environment(home),
  })
  let said = ''
  shell.stdout.on('data', (part: Buffer) => {
    said += part.toString()
  })
  const [code] = (await once(shell, 'close')) as [number | null]
  expect(code, said).toBe(0)
  return said
}
