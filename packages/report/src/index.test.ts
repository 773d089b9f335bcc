import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** All that a module loads when it is imported, by what its text says: files of ours are followed, packages are named. */
function loadedBy(url: URL, seen = new Set<string>()): string[] {
  if (seen.has(url.href)) return []
  seen.add(url.href)
  const text = readFileSync(url, 'utf8')
  const named = [...text.matchAll(/^(?:import|export) (?!type\b)[^'";]*?from '([^']+)'/gms)].map(
    ([, from = '']) => from,
  )
  return named.flatMap(from => (from.startsWith('.') ? loadedBy(new URL(from, url), seen) : [from]))
}

const drawing = /^(?:preact|d3-)/

describe('what a terminal prints', () => {
  it('is made without loading what draws charts', () => {
    expect(loadedBy(new URL('index.ts', import.meta.url)).filter(name => drawing.test(name))).toEqual([])
  })

  it('would be found to load it', () => {
    expect(loadedBy(new URL('charts/index.ts', import.meta.url))).toContain('preact')
  })
})
