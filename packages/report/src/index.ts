export { formatDuration, parseDuration } from './duration.ts'
export { cleanText, oneLine, renderStyles, style, textWidth, truncateText } from './plain-text.ts'
export { relativeTime, secondsLeft, shortInstant } from './relative-time.ts'
export { type Column, facts, type TableOptions, table } from './table.ts'
