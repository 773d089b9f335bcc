export { openStore } from './store/open.ts'
export type { Rx, Store, Tx } from './store/store.ts'
