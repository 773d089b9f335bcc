import { invariant } from '../errors.ts'
import { isMap, isScalar, type Node, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml'
import type { Edit } from './advice.ts'

/**
 * A program's text with one value changed, and everything else as it was written: comments, order, spacing. The caller has
 * read the text as a program before, so it is plain YAML without anchors.
 */
export function editText(text: string, { path, is }: Edit): string {
  const document = parseDocument(text, { version: '1.2', schema: 'core' })
  const root = document.contents
  invariant(isMap(root) && document.errors.length === 0, 'an edited program was read before')
  return editMap(text, root, path, is)
}

function editMap(text: string, map: YAMLMap, [key = '', ...rest]: Edit['path'], is: unknown): string {
  const pair = map.items.find(item => isScalar(item.key) && String(item.key.value) === key)
  if (pair === undefined) return is === null ? text : insert(text, map, key, nested(rest, is))
  if (rest.length > 0 && isMap(pair.value)) return editMap(text, pair.value, rest, is)
  return is === null ? remove(text, map, pair) : replace(text, pair, nested(rest, is))
}

const nested = (path: Edit['path'], is: unknown): unknown =>
  path.reduceRight<unknown>((value, key) => ({ [key]: value }), is)

function replace(text: string, pair: Pair, value: unknown): string {
  const key = rangeOf(pair.key)
  const [start, end] = rangeOf(pair.value)
  // A block begins on the next line; a comment between would be lost, so then it stays where it is.
  const between = text.slice(key[1], start)
  const from = between.includes('#') ? start : key[1] + between.indexOf(':') + 1
  const space = from === start ? '' : ' '
  const old = text.slice(start, end)
  return `${text.slice(0, from)}${space}${flow(value)}${text.slice(start + old.trimEnd().length)}`
}

/** A block's line or lines; in `{ a, b }` with the comma before it, or behind it for the first. */
function remove(text: string, map: YAMLMap, pair: Pair): string {
  const [start, end] = [rangeOf(pair.key)[0], lastEnd(text, pair)]
  if (map.flow !== true) {
    const line = text.indexOf('\n', end)
    return text.slice(0, text.lastIndexOf('\n', start) + 1) + (line === -1 ? '' : text.slice(line + 1))
  }
  const i = map.items.indexOf(pair)
  const [before, after] = [map.items[i - 1], map.items[i + 1]]
  if (before !== undefined) return text.slice(0, lastEnd(text, before)) + text.slice(end)
  return text.slice(0, start) + text.slice(after === undefined ? end : rangeOf(after.key)[0])
}

function insert(text: string, map: YAMLMap, key: string, value: unknown): string {
  const entry = `${flow(key)}: ${flow(value)}`
  const last = map.items.at(-1)
  const [start, end] = rangeOf(map)
  if (map.flow === true) {
    if (last === undefined) return `${text.slice(0, start)}{ ${entry} }${text.slice(end)}`
    const after = lastEnd(text, last)
    return `${text.slice(0, after)}, ${entry}${text.slice(after)}`
  }
  invariant(last !== undefined, 'a block map has an item')
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const indent = ' '.repeat(start - lineStart)
  const line = text.indexOf('\n', lastEnd(text, last))
  const at = line === -1 ? text.length : line
  return `${text.slice(0, at)}\n${indent}${entry}${text.slice(at)}`
}

/** Where an item's own text ends, without the blank and comment lines that a block takes with it. */
function lastEnd(text: string, { key, value }: Pair): number {
  if (isMap(value) && value.flow !== true) {
    const last = value.items.at(-1)
    if (last !== undefined) return lastEnd(text, last)
  }
  const [start, end] = rangeOf(value ?? key)
  return start + text.slice(start, end).trimEnd().length
}

function rangeOf(node: unknown): [number, number] {
  const range = (node as Partial<Node> | null)?.range
  invariant(range, 'a node that was read has a place')
  return [range[0], range[1]]
}

/** One line, as short values stand in a program. */
const flow = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, version: '1.2', schema: 'core' }).trimEnd()
