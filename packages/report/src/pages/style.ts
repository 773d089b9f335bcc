/**
 * The one look of everything that is rendered. Each colour is a pair for light and dark, held to WCAG 2.2 AA by
 * `style.test.ts`; colours mean state and never stand alone.
 */
export const palette = {
  ground: ['#f6f6f4', '#16181b'],
  sheet: ['#ffffff', '#1f2226'],
  ink: ['#1a1a18', '#ececea'],
  soft: ['#5c5c57', '#a9aaa8'],
  rule: ['#d9d9d4', '#3a3e44'],
  link: ['#0b57a4', '#8cbcf2'],
  sanctioned: ['#1f6fb5', '#6cb0ee'],
  unsanctioned: ['#b3541e', '#ef9a5f'],
  quiet: ['#84847d', '#8f9296'],
  bad: ['#a3201d', '#ff8f86'],
  warn: ['#805300', '#e9b44c'],
  good: ['#1d6b3a', '#74c992'],
} as const satisfies Record<string, readonly [light: string, dark: string]>

const variables = Object.entries(palette)
  .map(([name, [light, dark]]) => `--${name}:light-dark(${light},${dark})`)
  .join(';')

export const style = `
:root{color-scheme:light dark;${variables}}
*{box-sizing:border-box}
body{margin:0;overflow-wrap:anywhere;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.2rem;margin:2.2rem 0 .4rem}
h3{font-size:1rem;margin:1.4rem 0 .3rem}
p{margin:.4rem 0}
a{color:var(--link)}
.soft,figcaption,caption{color:var(--soft)}
code{font-size:.9em}
.sheet{background:var(--sheet);border:1px solid var(--rule);border-radius:.5rem;padding:1rem;margin:1rem 0}
ul.sheet{padding-left:2rem}
ul.gates{list-style:none;padding-left:1rem}.gates li+li{margin-top:.7rem;border-top:1px solid var(--rule);padding-top:.6rem}.gates p{margin:.1rem 0}
.lead{font-size:1.05rem}
.label{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:0 .6rem;font-size:.9rem;font-weight:600;vertical-align:middle}
.label.act{color:var(--bad)}.label.watch{color:var(--warn)}.label.fine{color:var(--good)}.label.open{color:var(--soft)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.6rem 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}
caption{text-align:left;padding:.2rem 0}
th,td{padding:.2rem .8rem .2rem 0;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}
th:first-child,td:last-child.words{text-align:left}
td.words{white-space:normal}
thead th{font-weight:600;color:var(--soft)}
.scroll{overflow-x:auto;max-width:100%}
.chart{margin:1rem 0}
.chart>svg{display:block;width:100%;height:auto;max-height:20rem}
figcaption{font-size:.9rem;margin-bottom:.2rem}
details{font-size:.9rem;margin-top:.3rem}summary{color:var(--link);cursor:pointer}
svg text{font:11px system-ui,sans-serif;fill:var(--soft)}
.halo{paint-order:stroke;stroke:var(--ground);stroke-width:4px}
.axis{stroke:var(--soft)}.grid{stroke:var(--rule)}
.mark{stroke:var(--warn);stroke-dasharray:5 4}
.band{fill:var(--unsanctioned);opacity:.18}
.rate{fill:none;stroke:var(--unsanctioned);stroke-width:2}
.point{fill:var(--sheet);stroke:var(--unsanctioned);stroke-width:2}
.part{stroke-width:1.5}
.part.sanctioned{fill:var(--sanctioned);fill-opacity:.25;stroke:var(--sanctioned)}
.part.unsanctioned{fill:var(--unsanctioned);stroke:var(--unsanctioned)}
.part.quiet{fill:var(--sheet);stroke:var(--quiet);stroke-dasharray:3 2}
.whisker{stroke:var(--ink);stroke-width:1.5;opacity:.75}
.span{fill:var(--quiet);opacity:.14}
.spark{vertical-align:-2px;margin-right:.4rem}.spark .rate{stroke-width:1.5}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;margin:.2rem 0;padding:0;font-size:.85rem;color:var(--soft)}
.legend svg{vertical-align:-2px}
.none{color:var(--soft);font-style:italic}
.whole{fill:transparent}
.spot:focus-visible{outline:none}
.spot:focus-visible .point{fill:var(--link);stroke:var(--link)}
.spot:focus-visible .whole{stroke:var(--link);stroke-width:2}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
footer{margin-top:3rem;border-top:1px solid var(--rule);padding-top:.6rem;font-size:.9rem;color:var(--soft)}
@media (max-width:32rem){.chart>svg{overflow:visible}.chart>svg text{font-size:20px}.sparse{display:none}.chart .rate,.chart .whisker{stroke-width:3}.chart .point{r:5px}dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}
@media print{:root{color-scheme:light;--ground:#fff}body{background:#fff;font-size:11pt}main{max-width:none;padding:0}
.sheet{border:none;padding:0}.chart,table,.keep{break-inside:avoid}h2,h3{break-after:avoid}
details{display:none}table{font-size:8pt}th,td{white-space:normal;padding-right:.5rem}.scroll{overflow:visible}
a{color:inherit;text-decoration:none}}
@page{margin:16mm}
`
