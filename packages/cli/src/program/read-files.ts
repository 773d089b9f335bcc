import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { BreakglassError } from '@breakglass/core/errors'
import type { Context } from '../framework/context.ts'
import { isMentioned, mentionedPaths } from './mentions.ts'

export interface ProgramFiles {
  /** As it was named on the command line: remarks say it like that. */
  file: string
  text: string
  /** What the program includes, by path relative to it. */
  files: Record<string, string>
}

export const programFileDefault = 'breakglass.yaml'
const fileBytesMax = 1_048_576
const filesMax = 200
const depthMax = 5
const entriesMax = 10_000

/**
 * The program and the files it mentions, all from its own directory: links are not followed, nothing above is read.
 * Throws `not_found`, `too_large`.
 */
export async function readProgramFiles(
  context: Pick<Context, 'cwd'>,
  given = programFileDefault,
): Promise<ProgramFiles> {
  const main = path.resolve(context.cwd, given)
  const text = await readText(main, given)
  const directory = path.dirname(main)
  const files: Record<string, string> = {}
  let mentions = mentionedPaths(text)
  if (mentions.length === 0) return { file: given, text, files }
  const candidates = (await listFiles(directory)).filter(name => path.join(directory, name) !== main)
  // What is included may include more: go on until nothing new is mentioned.
  for (let before = -1; before !== Object.keys(files).length; ) {
    before = Object.keys(files).length
    for (const name of candidates) {
      if (files[name] !== undefined || !isMentioned(name, mentions)) continue
      if (Object.keys(files).length === filesMax) throw tooMany(given)
      files[name] = await readText(path.join(directory, name), name)
    }
    mentions = [...mentions, ...Object.values(files).flatMap(mentionedPaths)]
  }
  return { file: given, text, files }
}

async function readText(full: string, shown: string): Promise<string> {
  const found = await stat(full).catch(() => undefined)
  if (found === undefined || !found.isFile()) {
    throw new BreakglassError('not_found', {
      message: `There is no file ${shown}.`,
      data: { next: 'breakglass init writes a first one' },
    })
  }
  if (found.size > fileBytesMax) {
    throw new BreakglassError(
      'too_large',
      `${shown} has ${found.size} bytes; a program's file has at most ${fileBytesMax}.`,
    )
  }
  return readFile(full, 'utf8')
}

function tooMany(given: string): BreakglassError {
  return new BreakglassError('too_large', `${given} mentions more than the ${filesMax} files that are taken.`)
}

/** Files below a directory, relative, with `/`. Links are no files here: one could lead anywhere. */
async function listFiles(directory: string): Promise<string[]> {
  const found: string[] = []
  let seen = 0
  const walk = async (relative: string, depth: number): Promise<void> => {
    for (const entry of await readdir(path.join(directory, relative), { withFileTypes: true }).catch(() => [])) {
      if (++seen > entriesMax) return
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`
      if (entry.isFile() && /\.(ya?ml|ics)$/.test(entry.name)) found.push(name)
      if (entry.isDirectory() && depth < depthMax && !entry.name.startsWith('.') && entry.name !== 'node_modules')
        await walk(name, depth + 1)
    }
  }
  await walk('', 0)
  return found.sort()
}
