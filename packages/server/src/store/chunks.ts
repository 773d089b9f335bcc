const chunkMax = 500

/** A statement binds at most a thousand values (docs/decisions/0004), so long lists are asked for in parts. */
export function chunks<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / chunkMax) }, (_, at) =>
    all.slice(at * chunkMax, (at + 1) * chunkMax),
  )
}
