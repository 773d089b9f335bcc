/** `0.21 %`, `12.3 %`, `100 %`: enough digits to compare, none that the numbers do not carry. */
export function percent(share: number): string {
  const value = share * 100
  return `${Number(value.toPrecision(Math.abs(value) >= 10 ? 3 : 2))} %`
}

export const range = ({ low, high }: { low: number; high: number }): string => `${percent(low)} to ${percent(high)}`

/** `21 149`, with a thin space that does not break: the same in every locale. */
export const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f')
