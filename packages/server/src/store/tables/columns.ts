/** JSON as text: written with `JSON.stringify`, parsed by the schema of whoever reads it, never queried inside. */
export type Json = string
export type Flag = 0 | 1
/** Milliseconds since 1970 UTC. */
export type Ms = number
