import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

export interface TextFile {
  /** From the repository's root. */
  file: string
  text: string
}

/**
 * Every file that git keeps or would keep (new ones that are not ignored), without those that are removed in the working
 * copy. What is written a minute ago is judged like all else.
 */
export function trackedFiles(): string[] {
  const options = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const listed = execFileSync('git', options, { cwd: root, encoding: 'utf8', maxBuffer: 16_777_216 })
  return [...new Set(listed.split('\0'))].filter(file => file !== '' && existsSync(join(root, file)))
}

export const readTracked = (file: string): TextFile => ({ file, text: readFileSync(join(root, file), 'utf8') })

/** Programs and their tests; nothing that is only data. */
export const isCode = (file: string): boolean => /\.(?:[cm]?[jt]s|tsx)$/.test(file)
