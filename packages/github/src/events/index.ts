export { id, instant, opt } from './fields.ts'
export { readDelivery } from './read.ts'
export type * from './told.ts'
