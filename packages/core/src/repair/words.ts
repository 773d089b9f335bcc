/** Why a gate hurts, as far as somebody commits to mending it. */
export const repairCauses = [
  'flaky',
  'slow',
  'wrong_block',
  'unavailable',
  'reviewers',
  'access',
  'unclear',
  'other',
] as const
export type RepairCause = (typeof repairCauses)[number]

export const repairStates = ['open', 'done', 'abandoned'] as const
export type RepairState = (typeof repairStates)[number]
