import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Everything the repository promises, in one run: `npm test`. Each step is named as a claim; a step's output is shown when it
 * fails. Structural steps stop the run at the first failure, all test projects run. The last line counts the tests.
 */
interface Step {
  claim: string
  command: readonly string[]
  /** A vitest project whose tests are counted. */
  project?: string
}

const structure: readonly Step[] = [
  { claim: 'types hold', command: ['tsc', '-p', 'tsconfig.json'] },
  { claim: 'types of the pages hold', command: ['tsc', '-p', 'packages/web/tsconfig.json'] },
  { claim: 'lint is clean', command: ['oxlint', '--deny-warnings'] },
  { claim: 'format is canonical', command: ['biome', 'format', '.'] },
]

const projects: readonly Step[] = [
  { claim: 'units and repository rules', command: [], project: 'unit' },
  { claim: 'integration, on SQLite and a real PostgreSQL', command: [], project: 'integration' },
  { claim: 'scenarios, on the whole programs', command: [], project: 'scenarios' },
  { claim: 'pages, in a real browser', command: [], project: 'browser' },
]

const nodeMajorMin = 24

interface Counts {
  passed: number
  failed: number
}

const running = new Set<ReturnType<typeof spawn>>()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal)
    process.exitCode = 1
  })
}

async function main(): Promise<number> {
  if (Number(process.versions.node.split('.')[0]) < nodeMajorMin) {
    console.error(
      `these tests need Node ${nodeMajorMin} or newer and found ${process.version}: run them by \`npm test\`, which brings its own`,
    )
    return 2
  }
  for (const step of structure) if (!(await holds(step))) return 1
  const total: Counts = { passed: 0, failed: 0 }
  let sound = true
  for (const step of projects) {
    const counts = await countTests(step)
    total.passed += counts.passed
    total.failed += counts.failed
    sound &&= counts.sound
  }
  console.log(`tests: ${total.passed} passed, ${total.failed} failed`)
  return sound && total.failed === 0 && total.passed > 0 ? 0 : 1
}

async function holds(step: Step): Promise<boolean> {
  const { code, output, seconds } = await run(step.command)
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${step.claim} (${seconds} s)`)
  if (code !== 0) console.log(output)
  return code === 0
}

async function countTests(step: Step): Promise<Counts & { sound: boolean }> {
  const directory = await mkdtemp(join(tmpdir(), 'breakglass-test-'))
  const file = join(directory, 'report.json')
  try {
    const { code, output, seconds } = await run([
      'vitest',
      'run',
      '--project',
      step.project ?? '',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ])
    const counts = await readCounts(file)
    // A run that reports no failed test and still exits otherwise than 0 (an unhandled error, say) has failed all the same.
    const sound = code === 0 && counts.passed > 0
    console.log(
      `${sound ? 'ok  ' : 'FAIL'} ${step.claim}: ${counts.passed} passed, ${counts.failed} failed (${seconds} s)`,
    )
    if (!sound) console.log(output)
    return { ...counts, sound }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function readCounts(file: string): Promise<Counts> {
  try {
    const report: { numPassedTests: number; numFailedTests: number } = JSON.parse(await readFile(file, 'utf8'))
    return { passed: report.numPassedTests, failed: report.numFailedTests }
  } catch {
    // No report: the runner died before it could write one. Its output is shown, and zero passed tests is a failure.
    return { passed: 0, failed: 0 }
  }
}

function run(command: readonly string[]): Promise<{ code: number; output: string; seconds: string }> {
  const started = performance.now()
  const [program = '', ...args] = command
  return new Promise(resolve => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } })
    running.add(child)
    const parts: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => parts.push(part))
    child.stderr.on('data', (part: Buffer) => parts.push(part))
    const end = (code: number) => {
      running.delete(child)
      resolve({
        code,
        output: Buffer.concat(parts).toString('utf8'),
        seconds: ((performance.now() - started) / 1000).toFixed(1),
      })
    }
    child.on('error', error => {
      parts.push(Buffer.from(`${program} could not be started: ${error.message}; run \`npm ci\` first\n`))
      end(127)
    })
    child.on('close', code => end(code ?? 1))
  })
}

process.exitCode = (await main()) || process.exitCode || 0
