import { cleanText, renderStyles } from '@breakglass/report'
import type { GlobalOptions } from './command.ts'
import type { Context, Sink } from './context.ts'

/**
 * The only way to the terminal. Lines are cleaned of whatever a terminal would act on; a document is JSON, exact.
 * A command prints lines or one document, never both: with `--json`, `lines` prints nothing.
 */
export interface Output {
  /** Whether one JSON document was asked for. */
  readonly json: boolean
  /** Whether lines go to a person's terminal, which may be redrawn. */
  readonly isLive: boolean
  /** Columns of the terminal; absent when it is none. */
  readonly width: number | undefined
  lines(...lines: readonly string[]): void
  /** Exactly this text, for what is meant for another program: CSV, an export, a completion script. */
  raw(text: string): void
  document(value: unknown): void
  /** A remark beside the answer, on standard error; `--quiet` drops it. */
  note(line: string): void
  /** Draws the lines in place of those drawn before. Only where `isLive`. */
  redraw(lines: readonly string[]): void
}

export function createOutput(context: Pick<Context, 'stdout' | 'stderr' | 'env'>, globals: GlobalOptions): Output {
  const { stdout, stderr } = context
  const colorsOn = (sink: Sink) => globals.color && sink.isTTY === true && wantsColor(context.env)
  const width = stdout.isTTY === true ? (stdout.columns ?? 80) : undefined
  const isLive = stdout.isTTY === true && !globals.json && context.env['TERM'] !== 'dumb'
  const show = (lines: readonly string[]) =>
    lines.map(line => `${renderStyles(cleanText(line), { colors: colorsOn(stdout) })}\n`).join('')
  return {
    json: globals.json,
    isLive,
    width,
    lines(...lines) {
      if (!globals.json) stdout.write(show(lines))
    },
    raw: text => void stdout.write(text),
    document: value => void stdout.write(`${JSON.stringify(value, undefined, 2)}\n`),
    note(line) {
      if (!globals.quiet) stderr.write(`${renderStyles(cleanText(line), { colors: colorsOn(stderr) })}\n`)
    },
    redraw(lines) {
      stdout.write(`\u001b[H\u001b[J${show(lines)}`)
    },
  }
}

/** https://no-color.org: set and not empty means none. */
const wantsColor = (env: Context['env']) => (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
