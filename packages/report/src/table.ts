import { oneLine, style, textWidth, truncateText } from './plain-text.ts'

export interface Column<Row> {
  title: string
  of(row: Row): string | number | undefined
  /** Numbers stand to the right by themselves. */
  align?: 'left' | 'right'
  /** Given up first when the terminal is narrow; the others keep their width as long as possible. */
  flexible?: boolean
}

export interface TableOptions {
  /** Columns of the terminal; absent: not a terminal, so nothing is cut. */
  width?: number
}

const gap = '  '
const flexibleWidthMin = 8

/** Lines of a table, header first. Absent values are an empty cell, never a zero. An empty table has no lines. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: TableOptions = {},
): string[] {
  if (rows.length === 0) return []
  const cells = rows.map(row => columns.map(column => cellOf(column.of(row))))
  const isRight = columns.map(column => (column.align ?? alignOf(rows, column)) === 'right')
  const natural = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...cells.map(line => textWidth(line[index] ?? ''))),
  )
  const widths = fit(natural, columns, options.width)
  const lineOf = (line: readonly string[]) =>
    line
      .map((cell, index) => pad(cell, widths[index] ?? 0, isRight[index] === true))
      .join(gap)
      .trimEnd()
  return [style.dim(lineOf(columns.map(({ title }) => title))), ...cells.map(lineOf)].map(line =>
    options.width === undefined ? line : truncateText(line, options.width),
  )
}

const cellOf = (value: string | number | undefined) => (value === undefined ? '' : oneLine(String(value)))

function alignOf<Row>(rows: readonly Row[], column: Column<Row>): 'left' | 'right' {
  return rows.every(row => typeof (column.of(row) ?? 0) === 'number') ? 'right' : 'left'
}

/** Takes what is too much from the flexible columns, the widest first, down to a width that still says something. */
function fit(
  natural: readonly number[],
  columns: readonly { flexible?: boolean }[],
  width: number | undefined,
): number[] {
  const widths = [...natural]
  if (width === undefined) return widths
  let excess = widths.reduce((sum, one) => sum + one, 0) + gap.length * (widths.length - 1) - width
  while (excess > 0) {
    const candidates = widths.map((one, index) =>
      columns[index]?.flexible === true && one > flexibleWidthMin ? one : 0,
    )
    const widest = Math.max(0, ...candidates)
    if (widest === 0) break
    const at = candidates.indexOf(widest)
    widths[at] = widest - 1
    excess--
  }
  return widths
}

function pad(cell: string, width: number, isRight: boolean): string {
  const cut = truncateText(cell, width)
  const space = ' '.repeat(Math.max(0, width - textWidth(cut)))
  return isRight ? space + cut : cut + space
}

/** Two columns of `name  value`, names aligned; absent values are left out. Long values go on, indented, when they hold newlines. */
export function facts(pairs: readonly (readonly [name: string, value: string | undefined])[]): string[] {
  const present = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined)
  const width = Math.max(0, ...present.map(([name]) => textWidth(name)))
  return present.flatMap(([name, value]) => {
    const [first = '', ...more] = value.split('\n')
    const indent = ' '.repeat(width + gap.length)
    return [`${pad(name, width, false)}${gap}${first}`, ...more.map(line => indent + line)]
  })
}
