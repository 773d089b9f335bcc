export { type Bar, type BarChart, barChart, type PartKind } from './bar-chart.ts'
export { dataTable, type DataTable } from './figure.ts'
export { count, percent, range } from './number-words.ts'
export { type RateChart, rateChart, type RatePoint } from './rate-chart.ts'
