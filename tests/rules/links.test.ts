import { existsSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isCode, readTracked, root, type TextFile, trackedFiles } from './tracked.ts'

/*
 * Every relative link and anchor of every page leads somewhere, and so does every page that a comment cites: as
 * docs/<page>.md, as docs/decisions/<number>, with a heading in quotes after it. A page that has no heading of that name
 * may say it as a word of its own instead ("Shared notation"), or as a name in code.
 */

/** The pages that can be led to, by path from the root; what is not a page only has to be there. */
interface Place {
  pages: ReadonlyMap<string, string>
  exists: (path: string) => boolean
}

const withoutCode = (text: string) => text.replaceAll(/^(`{3,})[\s\S]*?^\1\s*$/gm, '').replaceAll(/`[^`\n]*`/g, '')

const headingsOf = (page: string): string[] =>
  [...page.replaceAll(/^(`{3,})[\s\S]*?^\1\s*$/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(
    ([, words = '']) => words,
  )

/** As GitHub makes them: lower case, white space to hyphens, no punctuation; a second one of a name gets a number. */
function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>()
  const anchors = headingsOf(page).map(words => {
    const plain = words.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = plain
      .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    return times === 0 ? slug : `${slug}-${times}`
  })
  return new Set(anchors)
}

const targetsOf = (page: string): string[] =>
  [...withoutCode(page).matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)/gm)].map(
    ([, inline, named]) => inline ?? named ?? '',
  )

/** Everything wrong with the links of one page, in words. */
function deadLinks({ file, text }: TextFile, { pages, exists }: Place): string[] {
  return targetsOf(text).flatMap(target => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return []
    const [path = '', anchor] = target.split('#')
    const at = path === '' ? file : normalize(join(dirname(file), decodeURIComponent(path)))
    if (at.startsWith('..') || !exists(at)) return [`${file} links to ${target}, which is not there`]
    const page = pages.get(at)
    if (anchor === undefined || page === undefined || anchorsOf(page).has(anchor)) return []
    return [`${file} links to ${target}, and ${at} has no such heading`]
  })
}

/** A comment goes on over line ends, so its line beginnings are taken out before it is read. */
const commentsIn = (text: string) => text.replaceAll(/\n\s*(?:\*(?!\/)|\/\/)\s?/g, ' ')

/** Everything that a source cites and that is not there, in words. */
function deadCitations({ file, text }: TextFile, place: Place): string[] {
  const cited = commentsIn(text).matchAll(/\b(docs\/[\w/-]+(?:\.md)?)(?:,?\s"([^"\n]{1,80})")?/g)
  return [...cited].flatMap(([, path = '', heading]) => {
    const at = pageOf(path, place)
    if (at === undefined) return [`${file} cites ${path}, which is not there`]
    const page = place.pages.get(at)
    if (heading === undefined || page === undefined || says(page, heading)) return []
    return [`${file} cites ${at} "${heading}", and nothing there has that name`]
  })
}

function pageOf(path: string, { pages, exists }: Place): string | undefined {
  if (/^docs\/decisions\/\d{4}$/.test(path)) return [...pages.keys()].find(page => page.startsWith(`${path}-`))
  return exists(path) ? path : undefined
}

const says = (page: string, heading: string) =>
  headingsOf(page).includes(heading) ||
  page.includes(`\`${heading}\``) ||
  new RegExp(`(?:^|\\n|\\s{2})(?:\\*\\*)?${heading.replaceAll(/\W/g, String.raw`\$&`)}(?:\\*\\*)?(?::|\\s{2})`).test(
    page,
  )

const tracked = trackedFiles()
const here: Place = {
  pages: new Map(tracked.filter(file => file.endsWith('.md')).map(file => [file, readTracked(file).text])),
  exists: path => existsSync(join(root, path)) && (statSync(join(root, path)).isDirectory() || tracked.includes(path)),
}

describe('pages', () => {
  it.each([...here.pages.keys()])('%s links to what is there', file => {
    expect(deadLinks(readTracked(file), here)).toEqual([])
  })

  const place: Place = {
    pages: new Map([['docs/a.md', '# A page\n\n## What to back up?\n\n## `code` here\n\n## Twice\n\n## Twice\n']]),
    exists: path => path === 'docs/a.md' || path === 'README.md',
  }
  it.each([
    ['[a](docs/a.md), [b](docs/a.md#what-to-back-up), [c](https://example.org/x)', 0],
    ['[a](docs/a.md#code-here) [b](docs/a.md#twice-1) `[c](docs/c.md)`', 0],
    ['[a](docs/b.md)', 1],
    ['[a](docs/a.md#what-to-keep)', 1],
    ['[a](../README.md)', 1],
    ['[a][a]\n\n[a]: docs/b.md', 1],
  ])('and this test judges %j', (text, wrong) => {
    expect(deadLinks({ file: 'README.md', text }, place)).toHaveLength(wrong)
  })
})

describe('comments', () => {
  it('cite pages and headings that are there', () => {
    const sources = tracked.filter(file => isCode(file) && !file.startsWith('tests/rules/')).map(readTracked)
    expect(sources.flatMap(source => deadCitations(source, here))).toEqual([])
  })

  const place: Place = {
    pages: new Map([
      ['docs/a.md', '# A\n\n## Scope\n\nShared notation: x\n\n      state.json   what\n'],
      ['docs/decisions/0004-two.md', '# 0004'],
    ]),
    exists: path => path === 'docs/a.md',
  }
  it.each([
    ['/** docs/a.md "Scope", docs/decisions/0004 */', 0],
    ['/**\n * docs/a.md\n * "Scope"; docs/a.md "state.json"; docs/a.md "Shared notation". */', 0],
    ['/** docs/b.md */', 1],
    ['/** docs/a.md "Range" */', 1],
    ['/** docs/decisions/0005 */', 1],
  ])('and this test judges %j', (text, wrong) => {
    expect(deadCitations({ file: 'packages/core/src/a.ts', text }, place)).toHaveLength(wrong)
  })
})
