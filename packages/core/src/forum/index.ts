export { type ForumGate, type ForumInput, forumInput, type ForumRate, type Measured } from './input.ts'
export { type DecisionState, judgeDecision } from './judge.ts'
export { forumReport } from './report.ts'
export {
  type Figure,
  type ForumItem,
  type ForumReport,
  forumReportShape,
  type ForumSection,
  type ForumSectionId,
  forumSections,
} from './report-shape.ts'
