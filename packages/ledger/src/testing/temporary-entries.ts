export function entriesFrom(first: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, offset) => Buffer.from(`entry ${first + offset}`))
}
