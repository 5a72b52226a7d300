/** The look of the HTML report: light, dark and on paper; colour never says anything that a word does not say too. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f5f6f8; --sheet: #ffffff; --ink: #18202c; --soft: #566174; --line: #dde2ea; --rail: #e9ecf1; --code: #f1f3f7;
  --link: #1f55c4;
  --critical: #b1261c; --critical-wash: #fdecea; --warning: #8a5600; --warning-wash: #fff3da;
  --good: #17693a; --good-wash: #e6f5eb; --info: #1f55c4; --info-wash: #e8effd; --plain: #566174; --plain-wash: #eef0f4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0f131a; --sheet: #171d27; --ink: #e5e9f0; --soft: #9ba7b9; --line: #2a3342; --rail: #262f3d; --code: #10151d;
    --link: #8ab4ff;
    --critical: #ff8a80; --critical-wash: #3a1a19; --warning: #f5c264; --warning-wash: #352710;
    --good: #7ed29b; --good-wash: #16301f; --info: #8ab4ff; --info-wash: #182a4a; --plain: #9ba7b9; --plain-wash: #222a37;
  }
}
.critical { --tone: var(--critical); --wash: var(--critical-wash) }
.warning { --tone: var(--warning); --wash: var(--warning-wash) }
.good { --tone: var(--good); --wash: var(--good-wash) }
.info { --tone: var(--info); --wash: var(--info-wash) }
.plain { --tone: var(--plain); --wash: var(--plain-wash) }
* { box-sizing: border-box }
html { scroll-behavior: smooth; scroll-padding-top: 4rem }
body {
  margin: 0 auto; padding: 1.5rem 1.25rem 3rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere;
}
h1, h2, h3, p, ul, ol, dl, dd, figure, pre, table { margin: 0 }
a { color: var(--link) }
time { white-space: nowrap }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
code, pre { font-family: ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, monospace; font-size: .9em }
code span { white-space: nowrap }
li > p > code { user-select: all }
.verdict {
  background: var(--sheet); border: 1px solid var(--line); border-top: 6px solid var(--tone); border-radius: 12px;
  padding: 1.5rem 1.75rem 1.25rem;
}
.kicker { color: var(--tone); font-weight: 650; font-size: .85rem; letter-spacing: .06em; text-transform: uppercase }
h1 { font-size: clamp(1.45rem, 1.1rem + 1.6vw, 2.05rem); line-height: 1.22; font-weight: 680; letter-spacing: -.01em; margin: .3rem 0 .8rem; text-wrap: balance }
.tags { display: flex; flex-wrap: wrap; gap: .4rem; list-style: none; padding: 0; margin-bottom: .9rem }
.tags li { background: var(--wash); color: var(--tone); border-radius: 999px; padding: .1rem .7rem; font-size: .8rem; font-weight: 600 }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.2rem, 1fr)); gap: .9rem 1.25rem; border-top: 1px solid var(--line); padding-top: 1rem }
dt { color: var(--soft); font-size: .82rem }
.figures dd { font-size: 1.12rem; font-weight: 620; font-variant-numeric: tabular-nums; line-height: 1.3 }
.figures > :last-child { grid-column: 1 / -1 }
.figures > :last-child dd { font-size: 1rem }
.links { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; list-style: none; padding: .9rem 0 0; font-size: .92rem }
nav { position: sticky; top: 0; z-index: 1; background: var(--paper); padding: .7rem 0; margin: .5rem 0 0 }
nav ul { display: flex; gap: .25rem 1.15rem; flex-wrap: wrap; list-style: none; padding: 0 .25rem; font-size: .9rem }
nav a { text-decoration: none; font-weight: 560 }
nav a:hover { text-decoration: underline }
.part { background: var(--sheet); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.75rem 1.5rem; margin-top: 1rem }
.part > * + *, .card > * + * { margin-top: .85rem }
h2 { font-size: 1.25rem; line-height: 1.3; font-weight: 660 }
h3 { font-size: 1.05rem; line-height: 1.35; font-weight: 640 }
p, li { max-width: 46rem }
#why > p { font-size: 1.06rem }
.card { border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: 8px; padding: 1rem 1.25rem 1.15rem }
.card .tags { margin-bottom: 0 }
ol, .part > ul:not(.tags), .card > ul:not(.tags) { padding-left: 1.35rem }
main :is(ol, ul:not(.tags)) > li + li { margin-top: .45rem }
li > p { margin-top: .3rem }
#open > ul, #excluded > ul { list-style: none; padding: 0; font-size: .94rem }
#open > ul > li, #excluded > ul > li { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1.5rem; max-width: none; border-top: 1px solid var(--line); padding-top: .55rem }
:is(#open, #excluded) li > strong { grid-row: 1 / span 9; font-weight: 620 }
:is(#open, #excluded) li > p { grid-column: 2; margin: 0 0 .2rem }
#steps li::marker { font-weight: 700; color: var(--tone) }
#steps strong { font-weight: 620; color: var(--soft) }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.4rem; align-items: baseline }
.facts > div { display: contents }
.facts dt { font-size: .95rem }
.facts dd { min-width: 0 }
.measured { background: var(--code); border-radius: 8px; padding: .75rem 1rem .85rem }
summary { color: var(--link); font-size: .92rem; font-weight: 560; cursor: pointer }
details > :not(summary) { margin-top: .6rem }
.caption, caption, figcaption { color: var(--soft); font-size: .86rem; font-weight: 600; text-align: left; padding-bottom: .4rem }
.measured dl { display: grid; grid-auto-flow: dense; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .15rem 1.75rem }
.measured dl > div { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 1rem; border-bottom: 1px dotted var(--line); padding: .12rem 0 }
.measured dl > .long { grid-column: 1 / -1 }
.measured :is(dt, dd) { max-width: 100% }
.measured dd { margin-left: auto; font-variant-numeric: tabular-nums; font-weight: 560; text-align: right; font-size: .92rem }
.scroll { overflow: auto; max-height: 30rem; border-radius: 8px }
td, th { overflow-wrap: break-word }
table { border-collapse: collapse; min-width: min(100%, 26rem); font-size: .9rem }
.bars { width: 100% }
th, td { padding: .34rem .55rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line) }
thead th { position: sticky; top: 0; background: var(--sheet); color: var(--soft); font-size: .82rem; font-weight: 600; white-space: nowrap }
th:first-child, td:first-child { padding-left: 0 }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
tbody tr:last-child td { border-bottom: 0 }
.bars th, .bars td { border: 0; padding: .22rem 0; vertical-align: middle }
.bars th { font-weight: 560; white-space: nowrap; padding-right: .9rem; width: 1%; text-align: right; font-variant-numeric: tabular-nums }
.part > * + .bars { margin-top: 1.4rem }
.drawn { width: 45%; min-width: 8rem }
.drawn svg { display: block; width: 100%; height: .95rem; border-radius: 4px; overflow: hidden }
.rail { fill: var(--rail) }
.bar { fill: var(--tone) }
.drawn line { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 3 2 }
.bars .figure { padding-left: .9rem; color: var(--soft); font-variant-numeric: tabular-nums }
.mark { font-weight: 400 }
.mark::before { content: "┊ " }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 8px; padding: .7rem .9rem; white-space: pre-wrap; overflow-wrap: anywhere; user-select: all }
footer { color: var(--soft); font-size: .85rem; padding: 1.5rem .25rem 0 }
@media (max-width: 40rem) {
  body { padding: .75rem .6rem 2rem }
  .verdict, .part { padding: 1rem 1rem 1.1rem; border-radius: 10px }
  nav { position: static }
  .facts { grid-template-columns: 1fr; gap: 0 }
  .facts dd { margin-bottom: .45rem }
  #open > ul > li, #excluded > ul > li { display: block }
  .bars .figure { font-size: .82rem }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
@media print {
  :root {
    --paper: #fff; --sheet: #fff; --ink: #000; --soft: #444; --line: #bbb; --rail: #e5e5e5; --code: #f6f6f6; --link: #000;
    --critical: #a11d14; --critical-wash: #fff; --warning: #7a4c00; --warning-wash: #fff; --good: #135a31; --good-wash: #fff;
    --info: #1a4aad; --info-wash: #fff; --plain: #444; --plain-wash: #fff;
  }
  @page { margin: 16mm 14mm }
  body { max-width: none; padding: 0; font-size: 10pt }
  nav { display: none }
  .verdict, .part { border-radius: 0; border-width: 0 0 1px; padding: .6rem 0 .8rem }
  .verdict { border-top: 4px solid var(--tone) }
  .tags li { border: 1px solid currentColor }
  .scroll { overflow: visible; max-height: none }
  thead { display: table-header-group }
  thead th { position: static }
  details::details-content { content-visibility: visible; block-size: auto }
  tr, li, .measured, .bars, figure { break-inside: avoid }
  h2, h3, caption, summary { break-after: avoid }
  svg, .bar, .rail { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
`;
