import { type ComponentChild, h } from 'preact'

export interface DataTable {
  columns: readonly string[]
  /** As text; the first cell names its row. */
  rows: readonly (readonly string[])[]
}

export interface FigureParts {
  /** Unique on its page: letters, digits and hyphens. */
  id: string
  /** What is shown, with its unit. */
  title: string
  /** What a reader who cannot see it should know: the shape, in a sentence. */
  words: string
  width: number
  height: number
  drawing: readonly ComponentChild[]
  /** The class of a part's drawing and its name, for each kind that has to be told apart. */
  legend?: readonly (readonly [kind: string, name: string])[]
  table: DataTable
}

/**
 * A chart as every page shows it: the drawing with its name and what it says in words, and behind it the same numbers as a
 * table. The drawing scales with the page and never scrolls it.
 */
export function figure({ id, title, words, width, height, drawing, legend = [], table }: FigureParts): ComponentChild {
  return h(
    'figure',
    { class: 'chart', id },
    h('figcaption', {}, title),
    ...(legend.length === 0 ? [] : [h('ul', { class: 'legend' }, ...legend.map(key))]),
    h(
      'svg',
      {
        viewBox: `0 0 ${width} ${height}`,
        role: 'group',
        'aria-labelledby': `${id}-title ${id}-words`,
        preserveAspectRatio: 'xMidYMid meet',
      },
      h('title', { id: `${id}-title` }, title),
      h('desc', { id: `${id}-words` }, words),
      ...drawing,
    ),
    h('details', {}, h('summary', {}, 'The numbers'), dataTable(table, title)),
  )
}

function key([kind, name]: readonly [kind: string, name: string]): ComponentChild {
  const swatch = h('rect', { class: `part ${kind}`, x: 1, y: 1, width: 12, height: 12 })
  return h('li', {}, h('svg', { width: 14, height: 14, 'aria-hidden': 'true' }, swatch), ' ', name)
}

export function dataTable({ columns, rows }: DataTable, caption: string): ComponentChild {
  return h(
    'div',
    { class: 'scroll', role: 'region', 'aria-label': caption, tabindex: 0 },
    h(
      'table',
      {},
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, ...columns.map(column => h('th', { scope: 'col' }, column)))),
      h(
        'tbody',
        {},
        ...rows.map(([first = '', ...rest]) =>
          h('tr', {}, h('th', { scope: 'row' }, first), ...rest.map(cell => h('td', {}, cell))),
        ),
      ),
    ),
  )
}

/** A part of a drawing that a keyboard reaches and a reader is told of; a pointer that rests on it is told the same. */
export function spot(words: string, props: Record<string, string | number>, shape: string): ComponentChild {
  return h(
    'g',
    { class: 'spot', role: 'img', 'aria-label': words, tabindex: 0 },
    h(shape, props, h('title', {}, words)),
  )
}
