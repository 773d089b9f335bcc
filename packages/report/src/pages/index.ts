export { baselinePage } from './baseline-page.ts'
export { type Page, page } from './page.ts'
export { palette } from './style.ts'
