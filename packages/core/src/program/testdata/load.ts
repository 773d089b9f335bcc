import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Registry } from '../resolve-repositories.ts'

export const readExample = (path: string): string =>
  readFileSync(new URL(`../../../../../examples/${path}`, import.meta.url), 'utf8')

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8')

/** A program without any remark. */
export const baseText = read('base.yaml')

const repository = (name: string, forge: string, id: string, tier = '1') => ({
  id: { forge, host: `${forge}.acme.example`, id },
  name,
  properties: { tier },
})

export const registry: Registry = {
  repositories: [
    repository('acme/payments', 'git', 'r_payments'),
    repository('acme/ledger', 'git', 'r_ledger'),
    repository('acme/program', 'git', 'r_program', '0'),
    repository('acme/forge', 'github', '4711'),
    repository('acme/twice', 'git', 'r_twice'),
    repository('acme/twice', 'github', '4712'),
  ],
  source: {
    repository: { forge: 'git', host: 'git.acme.example', id: 'r_program' },
    ref: 'refs/heads/main',
    path: 'breakglass.yaml',
  },
}

/** One row of the tables beside this file. */
export interface ProgramCase {
  name: string
  table: string
  text: string
  files: Record<string, string>
  expect: { rule: string; path: string; file?: string; at?: string; remedy?: string }[]
}

interface Row extends Pick<ProgramCase, 'name' | 'expect'> {
  text?: string
  replace?: [string, string][]
  files?: Record<string, string>
}

export function loadCases(): ProgramCase[] {
  return ['text.yaml', 'meaning.yaml', 'advice.yaml'].flatMap(table =>
    // The rows are ours; a test fails on one that does not fit.
    (parse(read(table)) as Row[]).map(({ name, expect, text = baseText, replace = [], files = {} }) => ({
      name,
      table,
      text: replace.reduce((changed, [from, to]) => replaced(changed, from, to), text),
      files,
      expect,
    })),
  )
}

/** A row that changes nothing would test nothing. */
function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`base.yaml does not hold ${from}`)
  return text.replace(from, () => to)
}
