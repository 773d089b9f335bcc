export { parseMapping } from './mapping.ts'
export { baselineReport } from './report.ts'
