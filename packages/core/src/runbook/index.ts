export { renderRunbook } from './runbook.ts'
