import type { Span } from './timeline.ts'

/** Between two signs of life. We look at every repository at least this often, so a longer silence is ours. */
export const silenceMsMax = 15 * 60_000

export interface BlindFacts {
  /** What was told of our own installation, with the time of receipt where the forge gave none. */
  events: readonly { at: number; what: 'blind' | 'sees' | 'rights_changed'; repositories: readonly { id: string }[] }[]
  /** Instants at which GitHub answered us about this repository, or told us something of it. */
  contacts: readonly number[]
  repository: string
  /** Since when it is watched. */
  since: number
  now: number
}

/**
 * While we saw nothing of a repository (docs/github.md "Timeline"): suspended, uninstalled, without this repository, without its hook, or
 * silent for too long. In order, apart from each other; the last one has no end if it still lasts.
 */
export function blindSpans(facts: BlindFacts): Span[] {
  const spans = [...toldSpans(facts), ...silences(facts)].filter(({ to }) => to === undefined || to > facts.since)
  return merged(spans.toSorted((a, b) => a.from - b.from))
}

/** Rights that changed blind nobody by themselves: what cannot be read any more is unread in the next look. */
function toldSpans({ events, repository }: BlindFacts): Span[] {
  const spans: Span[] = []
  const concerning = events
    .filter(({ repositories }) => repositories.length === 0 || repositories.some(({ id }) => id === repository))
    .toSorted((a, b) => a.at - b.at)
  let from: number | undefined
  for (const { at, what } of concerning) {
    if (what === 'blind') from ??= at
    if (what !== 'sees' || from === undefined) continue
    spans.push({ from, to: at })
    from = undefined
  }
  return from === undefined ? spans : [...spans, { from }]
}

function silences({ contacts, since, now }: BlindFacts): Span[] {
  const known = [since, ...contacts.filter(at => at > since && at <= now).toSorted((a, b) => a - b)]
  return known.flatMap((from, i): Span[] => {
    const to = known[i + 1]
    if ((to ?? now) - from <= silenceMsMax) return []
    return [to === undefined ? { from } : { from, to }]
  })
}

function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = []
  for (const span of spans) {
    const last = result.at(-1)
    if (!last || (last.to !== undefined && last.to < span.from)) result.push({ ...span })
    else if (last.to !== undefined && (span.to === undefined || span.to > last.to)) extend(last, span.to)
  }
  return result
}

function extend(span: Span, to: number | undefined): void {
  if (to === undefined) delete span.to
  else span.to = to
}
