import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { labels } from '@breakglass/core/metrics'
import { expect, it } from 'vitest'
import { drawLabels } from '../../scripts/draw-labels.ts'

const folder = join(import.meta.dirname, '..', '..', 'docs', 'guides', 'pictures')

it('pictures of the guide are what the simulated organisation draws today', () => {
  const drawn = drawLabels()
  expect(readdirSync(folder).toSorted()).toEqual([...drawn.keys()].toSorted())
  for (const [name, svg] of drawn) expect(readFileSync(join(folder, name), 'utf8') === svg, name).toBe(true)
})

it('there is one of each label, and the guide shows it', () => {
  const page = readFileSync(join(folder, '..', 'reading-the-numbers.md'), 'utf8')
  for (const label of labels) expect(page).toContain(`(pictures/${label}.svg)`)
})
