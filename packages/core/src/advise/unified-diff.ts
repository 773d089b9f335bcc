const contextLines = 3

/** The change of one file as a unified diff that `git apply` and `patch -p1` take; empty when nothing changed. One hunk. */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return ''
  const [old, now] = [linesOf(before), linesOf(after)]
  const same = (at: (lines: readonly string[], i: number) => string | undefined) => {
    let i = 0
    while (i < Math.min(old.length, now.length) && at(old, i) === at(now, i)) i++
    return i
  }
  const head = same((lines, i) => lines[i])
  const tail = Math.min(
    same((lines, i) => lines[lines.length - 1 - i]),
    Math.min(old.length, now.length) - head,
  )
  const from = Math.max(0, head - contextLines)
  const after_ = Math.min(contextLines, tail)
  const [oldTo, nowTo] = [old.length - tail, now.length - tail]
  const body = [
    ...old.slice(from, head).map(line => ` ${line}`),
    ...old.slice(head, oldTo).map(line => `-${line}`),
    ...now.slice(head, nowTo).map(line => `+${line}`),
    ...old.slice(oldTo, oldTo + after_).map(line => ` ${line}`),
  ]
  const range = (length: number) => `${length === 0 ? from : from + 1},${length}`
  const sizes = `-${range(oldTo + after_ - from)} +${range(nowTo + after_ - from)}`
  return `--- a/${file}\n+++ b/${file}\n@@ ${sizes} @@\n${body.map(closed).join('')}`
}

/** Lines with their ends: the last may have none, and a diff says so. */
const linesOf = (text: string): string[] => text.split(/(?<=\n)/)

const closed = (line: string): string => (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`)
