import type { Entry } from '../framework/command.ts'

const group = 'the numbers'

/** Commands of the standing review, for the registry: loaded only when they run. */
export const forumEntries: readonly Entry[] = [
  {
    name: 'report',
    group,
    summary: 'the agenda of the forum: which gate to fix next, and why',
    load: async () => (await import('./report.ts')).command,
  },
  {
    name: 'forum hold',
    group,
    summary: 'record what the forum decided',
    load: async () => (await import('./forum-hold.ts')).command,
  },
  {
    name: 'forum list',
    group,
    summary: 'forums held, reports delivered, and when the next is due',
    load: async () => (await import('./forum-list.ts')).command,
  },
  {
    name: 'forum show',
    group,
    summary: 'one forum with the report it read, or one report',
    load: async () => (await import('./forum-show.ts')).command,
  },
  {
    name: 'advise',
    group,
    summary: 'add a bypass or relax the gate? with a ready change of the program',
    load: async () => (await import('./advise.ts')).command,
  },
]
