import { canonicalJson, digestOf, type Json } from '@breakglass/verify'

/**
 * What this program writes for itself to read: canonical JSON, a line end, and `check`, the digest of the other members. It
 * guards against accidents; a reader formats what it read once more and refuses whatever does not come out the same.
 */
export function formatChecked(content: Record<string, Json>): string {
  return `${canonicalJson({ ...content, check: digestOf(canonicalJson(content)) })}\n`
}

/** `undefined` unless the text is one JSON object. Its members are anything. */
export function readObject(text: string): Record<string, unknown> | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}
