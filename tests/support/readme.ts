import { readFileSync } from 'node:fs'

export interface TourStep {
  /** What is typed, as the page has it; one line may be several commands. */
  line: string
  /** The page says that the answer is no. */
  isRefused: boolean
}

/** The lines of a page's blocks marked `sh <mark>`, in order. */
export function stepsOf(page: string, mark: string): TourStep[] {
  return [...page.matchAll(new RegExp(`^\`\`\`sh ${mark}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))]
    .flatMap(([, block = '']) => block.split('\n'))
    .filter(line => line.trim() !== '')
    .map(line => ({ line, isRefused: line.endsWith('# refused') }))
}

/** By its path in the repository. */
export const readPage = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
