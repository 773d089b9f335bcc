import { type Column, table } from '@breakglass/report'
import type { CommandContext } from '../framework/command.ts'

/** A list for people; an empty one says so in words. */
export function printTable<Row>(
  context: CommandContext,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  none: string,
): void {
  const { width } = context.out
  context.out.lines(...(rows.length === 0 ? [none] : table(columns, rows, width === undefined ? {} : { width })))
}
