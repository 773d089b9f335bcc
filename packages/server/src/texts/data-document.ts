import { canonicalJson, type Json } from '@breakglass/verify'
import type { Act } from '../edge/edge.ts'
import { type DocumentReference, keepDocument } from './document.ts'

/** Data as a document: RFC 8785 JSON, so that the same data has the same digest. Absent members are left out. */
export function keepData(run: Act, data: unknown): Promise<DocumentReference> {
  return keepDocument(run, dataText(data))
}

export function dataText(data: unknown): string {
  const plain: Json = JSON.parse(JSON.stringify(data))
  return canonicalJson(plain)
}
