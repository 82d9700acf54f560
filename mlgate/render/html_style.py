"""The style of the HTML report: no file, font or script from anywhere else."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --soft: #59636e; --paper: #fff; --panel: #f6f8fa; --line: #d1d9e0;
  --pass: #1a7f37; --warn: #9a6700; --fail: #cf222e; --error: #8250df; --skip: #59636e; --shade: #cf222e22; }
@media (prefers-color-scheme: dark) { :root { --ink: #f0f6fc; --soft: #9198a1; --paper: #0d1117; --panel: #151b23;
  --line: #3d444d; --pass: #3fb950; --warn: #d29922; --fail: #f85149; --error: #ab7df8; --skip: #9198a1;
  --shade: #f8514933; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 80rem; margin: 0 auto; padding: 1rem 1.5rem; }
header { border-left: .5rem solid var(--status); margin-top: 1.5rem; background: var(--panel); border-radius: .4rem; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; font-weight: 600; overflow-wrap: anywhere; }
p { margin: .3rem 0; overflow-wrap: anywhere; }
.soft, footer { color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: .2rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; min-width: 4rem; }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 500; min-width: 13rem; }
td:last-child:not(.number) { min-width: 9.5rem; }
small { display: block; color: var(--soft); font: 11px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.number { text-align: right; white-space: nowrap; }
code, pre { font: 13px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { background: var(--panel); padding: .6rem; overflow-x: auto; margin: .4rem 0; border-radius: .3rem; }
.badge { display: inline-block; min-width: 3.6rem; text-align: center; border-radius: 1rem; padding: 0 .6rem;
  font-size: .8rem; font-weight: 600; border: 1px solid; }
.pass { color: var(--pass); --status: var(--pass); } .warn { color: var(--warn); --status: var(--warn); }
.fail { color: var(--fail); --status: var(--fail); } .error { color: var(--error); --status: var(--error); }
.skip { color: var(--skip); --status: var(--skip); }
header.pass, header.warn, header.fail, header.error { color: var(--ink); }
summary { cursor: pointer; padding: .3rem 0; font-weight: 600; }
svg { display: block; width: 15rem; height: auto; color: var(--soft); }
svg.pass, svg.warn, svg.fail, svg.error { color: var(--status); }
svg .axis { stroke: var(--soft); } svg .beyond { fill: var(--shade); }
svg.curve { width: 15rem; } .curve polyline { fill: none; stroke-width: 2; } .curve text { font-size: 11px;
  text-anchor: middle; fill: var(--soft); }
.curve .before { stroke: var(--soft); stroke-dasharray: 4 3; } .curve .after { stroke: var(--error); }
.curve circle.before { fill: var(--soft); stroke: none; } .curve circle.after { fill: var(--error); stroke: none; }
svg .range { stroke: currentColor; stroke-width: 2; } svg .point { fill: currentColor; }
@media (max-width: 75rem) { svg:not(.curve) { width: 8rem; } }
@media (max-width: 40rem) {
  header, main, footer { padding: .8rem 1rem; }
  header { margin-top: 0; border-radius: 0; }
  h1 { font-size: 1.25rem; }
  table, caption, tbody, tr, tbody th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  th, td { border: 0; padding: .15rem 0; }
  td { padding-left: 7rem; position: relative; }
  td:empty { display: none; }
  td::before { content: attr(data-label); position: absolute; left: 0; width: 6.5rem; color: var(--soft); }
  td p { margin: 0 0 .2rem; }
  .number { text-align: left; }
  svg { width: 15rem; max-width: 100%; }
}
@media print { details { display: block; } }
"""
