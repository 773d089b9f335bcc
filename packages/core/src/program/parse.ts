import type { Remark } from '../contract/shapes.ts'
import { branchMatches } from '../decide/branches.ts'
import { parseWith } from './issues.ts'
import type { Path, Place } from './position.ts'
import { type Finding, inOrder, remarkAt } from './remarks.ts'
import { holidaysFile, type ProgramFile, programFile, type ProgramFragment, programFragment } from './source.ts'
import { readYaml, type YamlFile } from './yaml.ts'

/** Of a program with everything it includes, in UTF-16 units. */
export const programLengthMax = 1_048_576

export interface ProgramFiles {
  /** As it is called where the person sits; remarks say it so. */
  file: string
  text: string
  /** What the program may name, by path relative to it. What it does not name is not looked at. */
  files?: Readonly<Record<string, string>>
}

/** A program that was read: its parts from all files, and where each of them stands. */
export interface ProgramSource {
  readonly file: string
  readonly program: ProgramFile
  /** Dates on which no review falls due, from the list or the file. */
  readonly holidays: readonly string[]
  placeOf(path: Path): Place
}

export type ProgramReading = { ok: true; source: ProgramSource } | { ok: false; remarks: Remark[] }

/** Reads a program and the files it names; docs/program.md. Pure, and total: any text is answered with remarks. */
export function parseProgram(given: ProgramFiles): ProgramReading {
  const { file, text, files = {} } = given
  if (text.length > programLengthMax) return refused([tooLarge(file)])
  const yaml = readYaml(file, text)
  if (!yaml.ok) return refused(yaml.remarks)
  const main = parseWith(programFile, yaml.file)
  if (!main.ok) return refused(main.remarks)
  const parts = readParts({ file, yaml: yaml.file, value: main.value }, files, programLengthMax - text.length)
  const holidays = readHolidays(main.value, yaml.file, files)
  const { program, remarks } = joined(main.value, parts.parts)
  const all = [...parts.remarks, ...holidays.remarks, ...remarks]
  if (all.length > 0) return refused(all)
  return {
    ok: true,
    source: { file, program, holidays: holidays.dates, placeOf: path => homeOf(parts.parts, path).yaml.placeOf(path) },
  }
}

/**
 * The patterns and paths that a program, or a file it includes, names, for whoever collects them. Empty for a text that is
 * no program: `parseProgram` says what is wrong with it.
 */
export function filesNamedIn(text: string): string[] {
  if (text.length > programLengthMax) return []
  const yaml = readYaml('', text)
  if (!yaml.ok) return []
  const value = yaml.file.value
  const include = programFragment.shape.include.safeParse(memberOf(value, 'include')).data ?? []
  const holidays = memberOf(memberOf(value, 'calendar'), 'holidays')
  const path = programFile.shape.calendar.safeParse({ holidays }).data?.holidays
  return [...new Set([...[include].flat(), ...(typeof path === 'string' ? [path] : [])])]
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined

const refused = (remarks: readonly Remark[]): ProgramReading => ({ ok: false, remarks: inOrder(remarks) })

function tooLarge(file: string): Remark {
  const reason = `more than ${programLengthMax} characters, with all that is included`
  const remedy = 'share parts by templates and select repositories by property'
  return remarkAt({ file, line: 1, column: 1 }, { rule: 'too_large', path: [], reason, remedy })
}

interface Part {
  file: string
  yaml: YamlFile
  value: ProgramFragment
}

/** The main file and everything it includes, breadth first; each file once, however often it is named. */
function readParts(
  main: Part,
  files: Readonly<Record<string, string>>,
  lengthMax: number,
): { parts: [Part, ...Part[]]; remarks: Remark[] } {
  const parts: [Part, ...Part[]] = [main]
  const remarks: Remark[] = []
  const seen = new Set<string>()
  let length = 0
  for (const part of parts) {
    for (const [pattern, path] of includesOf(part.value)) {
      const names = Object.keys(files)
        .filter(name => pathMatches(pattern, name))
        .sort()
      if (names.length === 0) remarks.push(remarkAt(part.yaml.valuePlaceOf(path), missingFile(path, pattern)))
      for (const name of names.filter(name => !seen.has(name))) {
        seen.add(name)
        const text = files[name] ?? ''
        length += text.length
        if (length > lengthMax) return { parts, remarks: [...remarks, tooLarge(name)] }
        const read = readFragment(name, text)
        if (read.ok) parts.push(read.part)
        else remarks.push(...read.remarks)
      }
    }
  }
  return { parts, remarks }
}

function includesOf({ include }: ProgramFragment): [pattern: string, path: Path][] {
  if (include === undefined) return []
  if (typeof include === 'string') return [[include, ['include']]]
  return include.map((pattern, i) => [pattern, ['include', i]])
}

/** The patterns of branches, which mean the same for paths: `*` within a segment, `**` across. */
const pathMatches = (pattern: string, path: string) => branchMatches(pattern, `refs/heads/${path}`)

function readFragment(file: string, text: string): { ok: true; part: Part } | { ok: false; remarks: Remark[] } {
  const yaml = readYaml(file, text)
  if (!yaml.ok) return yaml
  const read = parseWith(programFragment, yaml.file)
  return read.ok ? { ok: true, part: { file, yaml: yaml.file, value: read.value } } : read
}

function missingFile(path: Path, pattern: string): Finding {
  return {
    rule: 'file_missing',
    path,
    reason: `there is no file ${pattern}`,
    remedy: 'paths are relative to the program file; hand the file in with the program',
  }
}

const shared = ['gates', 'templates', 'groups', 'teams', 'preapproved'] as const

/** One program of all parts. Where two define the same name, neither wins. */
function joined(main: ProgramFile, parts: readonly Part[]): { program: ProgramFile; remarks: Remark[] } {
  const remarks = shared.flatMap(section => duplicatesIn(section, parts))
  const all = parts.map(({ value }) => value)
  const program: ProgramFile = {
    ...main,
    gates: merged(all.map(({ gates }) => gates)),
    templates: merged(all.map(({ templates }) => templates)),
    groups: merged(all.map(({ groups }) => groups)),
    teams: merged(all.map(({ teams }) => teams)),
    preapproved: merged(all.map(({ preapproved }) => preapproved)),
  }
  return { program, remarks }
}

const merged = <T>(records: readonly (Record<string, T> | undefined)[]): Record<string, T> =>
  Object.fromEntries(records.flatMap(record => Object.entries(record ?? {})))

function duplicatesIn(section: (typeof shared)[number], parts: readonly Part[]): Remark[] {
  const first = new Map<string, string>()
  return parts.flatMap(({ file, yaml, value }) =>
    Object.keys(value[section] ?? {}).flatMap(name => {
      const before = first.get(name)
      first.set(name, before ?? file)
      if (before === undefined) return []
      const path = [section, name]
      const reason = `${name} is defined in ${before} already`
      const remedy = 'keep one of them, or give this one another name'
      return [remarkAt(yaml.placeOf(path), { rule: 'duplicate_name', path, reason, remedy })]
    }),
  )
}

/** The part that defines what a path leads to: included parts hold named things only. */
function homeOf(parts: readonly [Part, ...Part[]], [section, name]: Path): Part {
  const key = shared.find(one => one === section)
  const home = key && parts.find(({ value }) => Object.hasOwn(value[key] ?? {}, String(name)))
  return home ?? parts[0]
}

function readHolidays(
  { calendar }: ProgramFile,
  yaml: YamlFile,
  files: Readonly<Record<string, string>>,
): { dates: string[]; remarks: Remark[] } {
  const holidays = calendar?.holidays ?? []
  if (typeof holidays !== 'string') return { dates: holidays, remarks: [] }
  const path = ['calendar', 'holidays']
  const text = Object.hasOwn(files, holidays) ? files[holidays] : undefined
  if (text === undefined)
    return { dates: [], remarks: [remarkAt(yaml.valuePlaceOf(path), missingFile(path, holidays))] }
  if (text.length > programLengthMax) return { dates: [], remarks: [tooLarge(holidays)] }
  const read = readYaml(holidays, text)
  if (!read.ok) return { dates: [], remarks: read.remarks }
  const dates = parseWith(holidaysFile, read.file)
  return dates.ok ? { dates: dates.value, remarks: [] } : { dates: [], remarks: dates.remarks }
}
