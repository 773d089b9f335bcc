import { durationWords } from '../decide/words.ts'
import { spell } from './resolved-text.ts'

/** What the resolved program calls otherwise than the file that people wrote. */
const writtenAs: Readonly<Record<string, string>> = {
  afterSeconds: 'after',
  approvers: 'approvers',
  breakGlass: 'break_glass',
  dueBusinessDays: 'due',
  everySeconds: 'every',
  forSeconds: 'pass.for',
  incidentAtLeast: 'incident.at_least',
  longestSeconds: 'longest',
  lowBasisPoints: 'low',
  highBasisPoints: 'high',
  offlineTtlSecondsMax: 'offline_ttl_max',
  rosterReview: 'roster_review',
  secondPerson: 'second_person',
  ttlSeconds: 'ttl',
  whenItCannotRun: 'when_it_cannot_run',
  whenUnavailable: 'when_unavailable',
  wideningDelaySeconds: 'widening_delay',
}

/** Names of gates and groups stay as they are: only what lies at a place of its own is a key. */
export function writtenPath(path: readonly string[]): string {
  const named = ['gates', 'groups', 'teams']
  const isName = (i: number) => i === 1 && named.includes(path[0] ?? '')
  return path.map((step, i) => (isName(i) ? step : (writtenAs[step] ?? step))).join('.')
}

const valueLengthMax = 400

/** A value of the resolved program for people. */
export function valueWords(key: string, value: unknown): string {
  const words = plainWords(key, value)
  return words.length > valueLengthMax ? `${words.slice(0, valueLengthMax)}…` : words
}

function plainWords(key: string, value: unknown): string {
  if (value === undefined) return 'none'
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return /Seconds(Max)?$/.test(key) ? durationWords(value) : String(value)
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(item => plainWords('', item)).join(', ')
  return objectWords(value)
}

function objectWords(value: unknown): string {
  if (!isRecord(value)) return 'none'
  const { kind, name, id, ...rest } = value
  if (typeof name === 'string' && isRecord(id)) return name
  if (typeof kind !== 'string') return spell(value)
  const terms = Object.entries(rest).map(([key, member]) => `${writtenAs[key] ?? key} ${plainWords(key, member)}`)
  return [kind, ...terms].join(', ')
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
