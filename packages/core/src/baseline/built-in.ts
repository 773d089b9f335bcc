import type { Mapping } from './mapping.ts'

const switchedOff = (...footers: string[]) => ({ bypassed: { footers, value: 'true' as const } })
const revert = { subject: ['^Revert'], tree: false }

/** Chromium and its sisters: a commit queue that footers switch off part by part. */
const luci: Mapping = {
  name: 'luci',
  gates: {
    tryjobs: switchedOff('No-Try', 'NOTRY'),
    presubmit: switchedOff('No-Presubmit', 'NOPRESUBMIT'),
    tree: switchedOff('No-Tree-Checks', 'NOTREECHECKS'),
    owners: { bypassed: { footers: ['TBR', 'Owners-Override'], value: 'any' } },
  },
  rollback: revert,
}

/** Gerrit as the Go project runs it: trybots that a footer bypasses, and a review that leaves a footer. */
const gerrit: Mapping = {
  name: 'gerrit',
  gates: {
    trybots: { bypassed: { footers: ['TryBot-Bypass'], value: 'any' } },
    review: { passed: { footers: ['Reviewed-by'], value: 'any' } },
  },
  rollback: revert,
}

/** GitHub: merges and squashes name their pull request, a direct push does not. */
const github: Mapping = {
  name: 'github',
  gates: {
    'pull-request': {
      passed: { subject: ['\\(#\\d+\\)\\s*$', '^Merge pull request #\\d+'], value: 'any' },
    },
  },
  rollback: revert,
}

export const builtInMappings = { luci, gerrit, github } as const satisfies Record<string, Mapping>
export type BuiltIn = keyof typeof builtInMappings
