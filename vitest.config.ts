import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/**
 * Four projects, by what a test may touch: `unit` nothing outside its process, `integration` a real database or a
 * ledger on disk, `browser` the pages in a real Chromium, `scenarios` the whole binaries. Threads without isolation: a test cleans up after itself.
 */
const shared = { pool: 'threads', isolate: false, globals: false } as const

export default defineConfig({
  test: {
    // Most tests wait for disks and other processes: on two cores, one file at a time would leave a core idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'tests/rules/**/*.test.ts'],
          exclude: ['**/*.integration.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'integration',
          include: ['packages/*/src/**/*.integration.test.ts'],
          globalSetup: ['tests/support/postgres-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          globalSetup: ['tests/support/chromium-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'scenarios',
          include: ['tests/scenarios/**/*.test.ts'],
          globalSetup: ['tests/support/postgres-setup.ts'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
