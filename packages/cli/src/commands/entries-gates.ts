import type { Entry } from '../framework/command.ts'

const group = 'the numbers'

/** The numbers of gates, for the registry: loaded only when they run. */
export const gateEntries: readonly Entry[] = [
  {
    name: 'gate list',
    group,
    summary: 'every gate with its label, its rates, and what could not be seen',
    load: async () => (await import('./gate-list.ts')).command,
  },
  {
    name: 'gate show',
    group,
    summary: 'one gate week by week, with the landings behind every number',
    load: async () => (await import('./gate-show.ts')).command,
  },
  {
    name: 'process',
    group,
    summary: 'how the program is run: reviews, promises, waivers, the emergency path',
    load: async () => (await import('./process.ts')).command,
  },
]
