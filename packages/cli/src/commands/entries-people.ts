import type { Entry } from '../framework/command.ts'

const people = 'people and credentials'

/** Who takes part, by which accounts, and the credentials of machines. */
export const peopleEntries: readonly Entry[] = [
  {
    name: 'login',
    group: people,
    summary: 'sign in with an invitation',
    load: async () => (await import('./login.ts')).command,
  },
  {
    name: 'logout',
    group: people,
    summary: 'forget the token on this machine',
    load: async () => (await import('./logout.ts')).command,
  },
  {
    name: 'whoami',
    group: people,
    summary: 'who you are here, and what you may do',
    load: async () => (await import('./whoami.ts')).command,
  },
  {
    name: 'person invite',
    group: people,
    summary: 'make a one-time link for somebody',
    load: async () => (await import('./person-invite.ts')).command,
  },
  {
    name: 'person reinvite',
    group: people,
    summary: 'a new link for somebody who lost theirs',
    load: async () => (await import('./person-reinvite.ts')).command,
  },
  {
    name: 'person link',
    group: people,
    summary: 'one more account is theirs',
    load: async () => (await import('./person-link.ts')).command,
  },
  {
    name: 'person unlink',
    group: people,
    summary: 'an account is not theirs any more',
    load: async () => (await import('./person-unlink.ts')).command,
  },
  {
    name: 'person list',
    group: people,
    summary: 'everybody known here',
    load: async () => (await import('./person-list.ts')).command,
  },
  {
    name: 'person end',
    group: people,
    summary: 'stop every token of somebody who left',
    load: async () => (await import('./person-end.ts')).command,
  },
  {
    name: 'reporter create',
    group: people,
    summary: 'a credential to report one gate’s results',
    load: async () => (await import('./reporter-create.ts')).command,
  },
  {
    name: 'reporter list',
    group: people,
    summary: 'those credentials',
    load: async () => (await import('./reporter-list.ts')).command,
  },
  {
    name: 'reporter end',
    group: people,
    summary: 'stop one',
    load: async () => (await import('./reporter-end.ts')).command,
  },
]
