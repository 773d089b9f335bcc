import { readFileSync } from 'node:fs'

export interface TourStep {
  /** What is typed, as the README has it; one line may be several commands. */
  line: string
  /** The README says that the answer is no. */
  isRefused: boolean
}

/** The lines of the README's blocks marked `sh tour`, in order. */
export function tourOf(readme: string): TourStep[] {
  return [...readme.matchAll(/^```sh tour\n([\s\S]*?)^```$/gm)]
    .flatMap(([, block = '']) => block.split('\n'))
    .filter(line => line.trim() !== '')
    .map(line => ({ line, isRefused: line.endsWith('# refused') }))
}

export const readReadme = (): string => readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
