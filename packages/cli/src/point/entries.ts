import type { Entry } from '../framework/command.ts'

const group = 'enforcement points'

/** The commands of enforcement points, for the registry: loaded only when they run. */
export const pointEntries: readonly Entry[] = [
  {
    name: 'hook install',
    group,
    summary: 'make a bare repository ask before it takes a push',
    load: async () => (await import('../commands/hook-install.ts')).command,
  },
  {
    name: 'hook doctor',
    group,
    summary: 'is everything right that keeps its gates',
    load: async () => (await import('../commands/hook-doctor.ts')).command,
  },
  {
    name: 'hook sync',
    group,
    summary: 'take the program in force, send what waits',
    load: async () => (await import('../commands/hook-sync.ts')).command,
  },
  {
    name: 'hook run',
    group,
    summary: 'what git runs before it takes a push',
    load: async () => (await import('../commands/hook-run.ts')).command,
  },
  {
    name: 'watch',
    group,
    summary: 'see what moves without the hook’s leave',
    load: async () => (await import('../commands/watch.ts')).command,
  },
  {
    name: 'github install',
    group,
    summary: 'an enforcement point for one repository on GitHub',
    load: async () => (await import('../commands/github-install.ts')).command,
  },
  {
    name: 'github doctor',
    group,
    summary: 'what the app may do, and what each branch still has to require',
    load: async () => (await import('../commands/github-doctor.ts')).command,
  },
  {
    name: 'github keep',
    group,
    summary: 'keep its gates: our check run on every pull request',
    load: async () => (await import('../commands/github-keep.ts')).command,
  },
  {
    name: 'gate install',
    group,
    summary: 'an enforcement point for CI',
    load: async () => (await import('../commands/gate-install.ts')).command,
  },
  {
    name: 'gate run',
    group,
    summary: 'run a check as a gate',
    load: async () => (await import('../commands/gate-run.ts')).command,
  },
  {
    name: 'gate result',
    group,
    summary: 'report a result and get its receipt',
    load: async () => (await import('../commands/gate-result.ts')).command,
  },
]
