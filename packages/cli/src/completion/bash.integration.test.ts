import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { renderCompletion } from './render.ts'

const script = renderCompletion('bash', [
  { name: 'open', summary: 'open it', options: ['gate', 'reason', 'ref'] },
  { name: 'incident open', summary: 'x', options: ['severity'] },
  { name: 'incident list', summary: 'x', options: [] },
])

/** What bash itself would offer after these words. */
function offered(...words: string[]): string[] {
  const typed = words.map(word => `'${word}'`).join(' ')
  const ask = `COMP_WORDS=(breakglass ${typed}); COMP_CWORD=${words.length}; _breakglass; echo "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['--norc', '-c', `${script}\n${ask}`], { encoding: 'utf8' })
    .trim()
    .split(' ')
}

it.each([
  [['inc'], ['incident']],
  [
    ['incident', ''],
    ['open', 'list'],
  ],
  [['--json', 'incident', 'o'], ['open']],
  [
    ['open', '--re'],
    ['--reason', '--ref'],
  ],
  [['open', 'acme/payments', '--ga'], ['--gate']],
  [['incident', 'open', '--sev'], ['--severity']],
])('bash offers for %j', (words, expected) => expect(offered(...words)).toEqual(expected))
