export { csvCell, evidenceColumns, evidenceCsv } from './csv.ts'
export { type EvidenceRecord, type EvidenceRow, evidenceRecords, evidenceRow } from './row.ts'
export { type EvidenceCounts, summarise } from './summarise.ts'
