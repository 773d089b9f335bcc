import type { Entry } from '../framework/command.ts'

const group = 'exceptions and repairs'

/** The commands of waivers, repairs and follow-ups, for the registry: loaded only when they run. */
export const registerEntries: readonly Entry[] = [
  {
    name: 'waiver request',
    group,
    summary: 'ask for a temporary exception from one gate',
    load: async () => (await import('./waiver-request.ts')).command,
  },
  {
    name: 'waiver approve',
    group,
    summary: 'approve it, as the gate’s owner',
    load: async () => (await import('./waiver-approve.ts')).command,
  },
  {
    name: 'waiver decline',
    group,
    summary: 'say no to it, or take back your own request',
    load: async () => (await import('./waiver-decline.ts')).command,
  },
  {
    name: 'waiver renew',
    group,
    summary: 'ask for the same again; its age goes on',
    load: async () => (await import('./waiver-renew.ts')).command,
  },
  {
    name: 'waiver end',
    group,
    summary: 'end it before its time',
    load: async () => (await import('./waiver-end.ts')).command,
  },
  {
    name: 'waiver list',
    group,
    summary: 'waivers, the oldest first',
    load: async () => (await import('./waiver-list.ts')).command,
  },
  {
    name: 'waiver show',
    group,
    summary: 'one waiver, whole',
    load: async () => (await import('./waiver-show.ts')).command,
  },
  {
    name: 'repair open',
    group,
    summary: 'commit to mending a gate',
    load: async () => (await import('./repair-open.ts')).command,
  },
  {
    name: 'repair list',
    group,
    summary: 'repairs, and what they did',
    load: async () => (await import('./repair-list.ts')).command,
  },
  {
    name: 'repair show',
    group,
    summary: 'one repair, whole',
    load: async () => (await import('./repair-show.ts')).command,
  },
  {
    name: 'repair end',
    group,
    summary: 'say that it is done, or given up',
    load: async () => (await import('./repair-end.ts')).command,
  },
  {
    name: 'followup list',
    group,
    summary: 'what reviews promised',
    load: async () => (await import('./followup-list.ts')).command,
  },
  {
    name: 'followup done',
    group,
    summary: 'say that it is done',
    load: async () => (await import('./followup-done.ts')).command,
  },
]
