import type { Entry } from '../framework/command.ts'

const group = 'the numbers'

/** The commands of the numbers, for the registry: loaded only when they run. */
export const numberEntries: readonly Entry[] = [
  {
    name: 'baseline',
    group,
    summary: 'what the years before say of your gates, from a clone and without a server',
    load: async () => (await import('../commands/baseline.ts')).command,
  },
  {
    name: 'import',
    group,
    summary: 'bring those years into a server, beside each gate',
    load: async () => (await import('../commands/import.ts')).command,
  },
  {
    name: 'simulate',
    group,
    summary: 'a made-up organisation beside what the labels say of it',
    load: async () => (await import('../commands/simulate.ts')).command,
  },
]
