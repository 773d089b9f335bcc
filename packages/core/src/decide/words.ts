import type { RepositoryIdValue } from '../program/names.ts'
import type { ChangeValue } from './types.ts'

/** Small spellings that several reasons share. Total: whatever the facts hold, words come out. */
export function durationWords(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'an unknown time'
  const whole = Math.round(seconds)
  if (whole === 0) return '0 s'
  const parts = [
    { size: 86_400, unit: 'd' },
    { size: 3600, unit: 'h' },
    { size: 60, unit: 'min' },
    { size: 1, unit: 's' },
  ]
  let rest = Math.abs(whole)
  const words: string[] = []
  for (const { size, unit } of parts) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) words.push(`${count} ${unit}`)
  }
  return (whole < 0 ? '-' : '') + words.join(' ')
}

const dateMsMax = 8.64e15

/** `Date` throws on what it cannot show; a decision must not. */
export function instantWords(ms: number): string {
  return Math.abs(ms) <= dateMsMax ? new Date(ms).toISOString() : 'an unknown time'
}

export function listWords(items: readonly string[], none = 'nobody'): string {
  return items.length === 0 ? none : items.join(', ')
}

export function repositoryWords(repository: RepositoryIdValue): string {
  return `${repository.forge}:${repository.host}/${repository.id}`
}

export function changeWords(change: ChangeValue): string {
  if ('commit' in change) return change.commit
  if ('deployment' in change) return `deployment ${change.deployment}`
  return `operation ${change.operation}`
}

export function sameRepository(a: RepositoryIdValue, b: RepositoryIdValue): boolean {
  return a.forge === b.forge && a.host === b.host && a.id === b.id
}
