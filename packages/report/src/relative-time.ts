import { formatDuration } from './duration.ts'

/** `in 29m 4s`, `3h 2m ago`, `now`. `instant` is RFC 3339; `nowMs` is the only time it knows. */
export function relativeTime(instant: string, nowMs: number): string {
  const at = Date.parse(instant)
  if (Number.isNaN(at)) return 'at an unknown time'
  const seconds = Math.trunc((at - nowMs) / 1000)
  if (seconds === 0) return 'now'
  return seconds > 0 ? `in ${formatDuration(seconds)}` : `${formatDuration(-seconds)} ago`
}

/** Whole seconds left, never below zero: what a countdown shows. */
export function secondsLeft(instant: string, nowMs: number): number {
  const at = Date.parse(instant)
  return Number.isNaN(at) ? 0 : Math.max(0, Math.ceil((at - nowMs) / 1000))
}

/** `2026-11-23 17:00 UTC`: minutes are enough for people, and the zone is always said. */
export function shortInstant(instant: string): string {
  const at = Date.parse(instant)
  if (Number.isNaN(at)) return 'an unknown time'
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
