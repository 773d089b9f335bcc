import type { Entry } from '../framework/command.ts'
import { numberEntries } from '../baseline/entries.ts'
import { disclosureEntries } from './entries-disclosures.ts'
import { gateEntries } from './entries-gates.ts'
import { pointEntries } from '../point/entries.ts'
import { forumEntries } from './entries-forum.ts'
import { peopleEntries } from './entries-people.ts'
import { registerEntries } from './entries-registers.ts'

const glass = 'break glass'
const see = 'see'
const review = 'review'
const program = 'the program'
const points = 'enforcement points'
const run = 'run it'
const help = 'help'

/**
 * Every command, in the order the overview shows. A command lies in the file of its name and is loaded only when it runs,
 * so that help loads none of them.
 */
export const entries: readonly Entry[] = [
  {
    name: 'open',
    group: glass,
    summary: 'open a gate for one change, for a short time, on the record',
    load: async () => (await import('./open.ts')).command,
  },
  {
    name: 'explain',
    group: glass,
    summary: 'what the program would say of that, and why; changes nothing',
    load: async () => (await import('./explain.ts')).command,
  },
  {
    name: 'approve',
    group: glass,
    summary: 'be the second person',
    load: async () => (await import('./approve.ts')).command,
  },
  {
    name: 'decline',
    group: glass,
    summary: 'say no as the second person',
    load: async () => (await import('./decline.ts')).command,
  },
  {
    name: 'withdraw',
    group: glass,
    summary: 'take back your request',
    load: async () => (await import('./withdraw.ts')).command,
  },
  {
    name: 'revoke',
    group: glass,
    summary: 'shut an open gate now',
    load: async () => (await import('./revoke.ts')).command,
  },
  {
    name: 'incident open',
    group: glass,
    summary: 'open an incident',
    load: async () => (await import('./incident-open.ts')).command,
  },
  {
    name: 'incident set',
    group: glass,
    summary: 'change its severity or commander',
    load: async () => (await import('./incident-set.ts')).command,
  },
  {
    name: 'incident cause',
    group: glass,
    summary: 'name a change as its cause, also when it is over',
    load: async () => (await import('./incident-cause.ts')).command,
  },
  {
    name: 'incident resolve',
    group: glass,
    summary: 'say that it is over',
    load: async () => (await import('./incident-resolve.ts')).command,
  },
  {
    name: 'incident list',
    group: glass,
    summary: 'incidents',
    load: async () => (await import('./incident-list.ts')).command,
  },

  ...numberEntries,
  ...gateEntries,
  ...forumEntries,
  ...registerEntries,
  {
    name: 'status',
    group: see,
    summary: 'what is open, what waits, what is wrong; live',
    load: async () => (await import('./status.ts')).command,
  },
  {
    name: 'runbook',
    group: see,
    summary: 'the procedure, from the program in force',
    load: async () => (await import('./runbook.ts')).command,
  },
  {
    name: 'finding list',
    group: see,
    summary: 'bypasses that were found',
    load: async () => (await import('./finding-list.ts')).command,
  },
  {
    name: 'finding resolve',
    group: see,
    summary: 'explain one',
    load: async () => (await import('./finding-resolve.ts')).command,
  },
  ...disclosureEntries,
  {
    name: 'evidence',
    group: see,
    summary: 'every use in a period, for an auditor',
    load: async () => (await import('./evidence.ts')).command,
  },
  {
    name: 'show',
    group: see,
    summary: 'what was signed of a grant, a review, an incident',
    load: async () => (await import('./show.ts')).command,
  },
  {
    name: 'verify',
    group: see,
    summary: 'check a grant or an export offline, with your own trust.json',
    load: async () => (await import('./verify.ts')).command,
  },

  {
    name: 'review list',
    group: review,
    summary: 'reviews by due time',
    load: async () => (await import('./review-list.ts')).command,
  },
  {
    name: 'review show',
    group: review,
    summary: 'one review',
    load: async () => (await import('./review-show.ts')).command,
  },
  {
    name: 'review answer',
    group: review,
    summary: 'give your account of a use',
    load: async () => (await import('./review-answer.ts')).command,
  },
  {
    name: 'review sign',
    group: review,
    summary: 'sign as reviewer',
    load: async () => (await import('./review-sign.ts')).command,
  },

  {
    name: 'check',
    group: program,
    summary: 'what is wrong with a program, and what will hurt at night; offline',
    load: async () => (await import('./check.ts')).command,
  },
  {
    name: 'program publish',
    group: program,
    summary: 'publish a program',
    load: async () => (await import('./program-publish.ts')).command,
  },
  {
    name: 'program approve',
    group: program,
    summary: 'sign a widening as the second owner',
    load: async () => (await import('./program-approve.ts')).command,
  },
  {
    name: 'program withdraw',
    group: program,
    summary: 'take back a proposal',
    load: async () => (await import('./program-withdraw.ts')).command,
  },
  {
    name: 'program show',
    group: program,
    summary: 'a version and what it changed',
    load: async () => (await import('./program-show.ts')).command,
  },
  {
    name: 'program diff',
    group: program,
    summary: 'what a file would change in the program in force',
    load: async () => (await import('./program-diff.ts')).command,
  },
  {
    name: 'program list',
    group: program,
    summary: 'every version',
    load: async () => (await import('./program-list.ts')).command,
  },
  {
    name: 'init',
    group: program,
    summary: 'write a first program from what this checkout shows',
    load: async () => (await import('./init.ts')).command,
  },
  {
    name: 'point list',
    group: points,
    summary: 'where gates are enforced, and how strictly',
    load: async () => (await import('./point-list.ts')).command,
  },
  {
    name: 'point end',
    group: points,
    summary: 'end an enforcement point: its credential and its key',
    load: async () => (await import('./point-end.ts')).command,
  },
  ...pointEntries,

  ...peopleEntries,

  {
    name: 'up',
    group: run,
    summary: 'everything on this machine, for a first look',
    load: async () => (await import('./up.ts')).command,
  },
  { name: 'serve', group: run, summary: 'the access server', load: async () => (await import('./serve.ts')).command },
  {
    name: 'ledger',
    group: run,
    summary: 'the log: init, serve, fsck',
    load: async () => (await import('./ledger.ts')).command,
  },
  {
    name: 'witness',
    group: run,
    summary: 'a witness of logs: init, add-log, serve, show',
    load: async () => (await import('./witness.ts')).command,
  },
  {
    name: 'migrate',
    group: run,
    summary: 'bring the database to this version',
    load: async () => (await import('./migrate.ts')).command,
  },

  {
    name: 'help',
    group: help,
    summary: 'help on a command, or on exit-codes',
    load: async () => (await import('./help.ts')).command,
  },
  {
    name: 'completion',
    group: help,
    summary: 'a completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).command,
  },
]
