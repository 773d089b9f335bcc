export { id, instant, opt } from './fields.ts'
export { pullOfQueueRef } from './queue.ts'
export { readDelivery } from './read.ts'
export type * from './told.ts'
