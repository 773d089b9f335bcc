import type { Entry } from '../framework/command.ts'

const group = 'see'

/** The commands of disclosures, for the registry: loaded only when they run. */
export const disclosureEntries: readonly Entry[] = [
  {
    name: 'disclose',
    group,
    summary: 'tell of a bypass before anybody finds it',
    load: async () => (await import('./disclose.ts')).command,
  },
  {
    name: 'disclosure list',
    group,
    summary: 'bypasses that somebody told of first',
    load: async () => (await import('./disclosure-list.ts')).command,
  },
  {
    name: 'disclosure show',
    group,
    summary: 'one of them, with its story where you may see it',
    load: async () => (await import('./disclosure-show.ts')).command,
  },
]
