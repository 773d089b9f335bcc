import { readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  type BaselineReport,
  type BuiltIn,
  builtInMappings,
  detect,
  History,
  type Mapping,
} from '@breakglass/core/baseline'
import { BreakglassError } from '@breakglass/core/errors'
import type { CommandContext } from '../framework/command.ts'
import { readLandings } from './git-log.ts'
import { progressOf } from './progress.ts'
import { findHistory } from './repository.ts'

export const builtIns = Object.keys(builtInMappings) as BuiltIn[]
const mappingBytesMax = 65_536

export interface AskedHistory {
  repository: string | undefined
  branch: string | undefined
  /** A built-in mapping or a file; absent: found out. */
  mapping: string | undefined
  between: (seconds: number) => boolean
}

export interface ReadHistory {
  history: History
  source: BaselineReport['source']
  mapping: BaselineReport['mapping']
  /** Which of the history's mappings fits; absent: none. */
  which: number | undefined
}

/** Reads the landings of a clone and says which mapping judges them. Throws `not_found`, `not_installed`, `bad_input`. */
export async function readHistory(
  context: CommandContext,
  { repository, branch, mapping, between }: AskedHistory,
): Promise<ReadHistory> {
  const chosen = await mappingOf(context, mapping)
  const place = await findHistory(context, repository, branch)
  const history = new History(chosen === undefined ? Object.values(builtInMappings) : [chosen.mapping])
  const progress = progressOf(context, 'landings read')
  await readLandings(place, context.env, landing => {
    progress.count()
    if (between(landing.atSeconds)) history.add(landing)
  })
  progress.end()
  return {
    history,
    source: {
      kind: 'git',
      repository: place.name,
      ...(place.branch === undefined ? {} : { branch: place.branch }),
      head: place.head,
      shallow: place.shallow,
    },
    ...judgedBy(history, chosen),
  }
}

interface Chosen {
  mapping: Mapping
  how: 'named' | 'file'
}

async function mappingOf(context: CommandContext, given: string | undefined): Promise<Chosen | undefined> {
  if (given === undefined) return undefined
  const builtIn = builtIns.find(name => name === given)
  if (builtIn !== undefined) return { mapping: builtInMappings[builtIn], how: 'named' }
  const text = await readMapping(path.resolve(context.cwd, given), given)
  // Only here, because the schema library would cost every other reading a third of its time.
  const { parseMapping } = await import('@breakglass/core/baseline/schemas')
  const read = parseMapping(given, text)
  if (read.ok) return { mapping: read.mapping, how: 'file' }
  throw new BreakglassError('bad_input', `The mapping is not valid; nothing was read.\n${read.faults.join('\n')}`)
}

async function readMapping(file: string, given: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new BreakglassError('not_found', {
      message: `Expected ${builtIns.join(', ')} or a mapping file; ${given} is none of them and cannot be read.`,
      cause,
    })
  })
  if (text.length <= mappingBytesMax) return text
  throw new BreakglassError('bad_input', `${given}: expected at most ${mappingBytesMax} bytes, found ${text.length}.`)
}

function judgedBy(
  history: History,
  chosen: Chosen | undefined,
): { mapping: BaselineReport['mapping']; which: number | undefined } {
  if (chosen !== undefined) {
    const { mapping, how } = chosen
    const reason = how === 'named' ? 'It was asked for.' : 'The file says so.'
    return { mapping: { name: mapping.name, how, reason }, which: 0 }
  }
  const found = detect(history.tally)
  if (found === undefined) {
    return {
      mapping: { name: 'none', how: 'detected', reason: 'no landing carries a footer or subject that is known.' },
      which: undefined,
    }
  }
  const { mapping, reason } = found
  return { mapping: { name: mapping, how: 'detected', reason }, which: builtIns.indexOf(mapping) }
}
