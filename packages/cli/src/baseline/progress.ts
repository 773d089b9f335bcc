import type { CommandContext } from '../framework/command.ts'

const quietMs = 1000
const betweenMs = 250

/** Tells on a terminal how far a long reading is, once it has taken a second; silent where nobody watches. */
export function progressOf(context: CommandContext, what: string): { count(): void; end(): void } {
  const { stderr, globals } = context
  const watched = stderr.isTTY === true && !globals.quiet
  const began = context.now()
  let told = began + quietMs - betweenMs
  let done = 0
  let shown = false
  return {
    count() {
      done += 1
      // The clock is asked every thousandth time: it costs more than the counting.
      if (!watched || done % 1024 !== 0) return
      const now = context.now()
      if (now - told < betweenMs) return
      told = now
      shown = true
      stderr.write(`\r${done.toLocaleString('en')} ${what}`)
    },
    end() {
      if (shown) stderr.write('\r\u001b[K')
    },
  }
}
