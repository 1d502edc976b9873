/** The page's only style sheet. Every pair of text and background below has a contrast of at least 4.5 (WCAG 2.2, AA). */

/** Colours that people with protanopia, deuteranopia and tritanopia tell apart (Okabe and Ito 2008, darkened for text). */
const light = `--page:#fff;--card:#f6f8fa;--text:#1c2128;--muted:#57606a;--line:#d0d7de;--link:#0b57b0;
--pass:#00684a;--fail:#b02a0c;--warn:#7a5200;--pass-soft:#e3f4ec;--fail-soft:#fdece6;--warn-soft:#fdf3d8;
--c0:#0b62c4;--c1:#a84300;--c2:#00735a;--c3:#8a3b86;--c4:#6b5a00;--c5:#3d4d5c;
--h0:#eef2f6;--h1:#dbe9f9;--h2:#b3d1f2;--h3:#86b6e8;--h4:#1a67b8;--h5:#0b4180;
--t0:#1c2128;--t1:#1c2128;--t2:#1c2128;--t3:#10151b;--t4:#fff;--t5:#fff;
--was:#cfd6de;`;

const dark = `--page:#0d1117;--card:#161b22;--text:#e6edf3;--muted:#9aa5b1;--line:#30363d;--link:#79b8ff;
--pass:#4fd1a5;--fail:#ff9175;--warn:#e8b84a;--pass-soft:#0f2b22;--fail-soft:#3a1710;--warn-soft:#32260a;
--c0:#6cb2ff;--c1:#ffa057;--c2:#4fd1a5;--c3:#e39be0;--c4:#d9c24a;--c5:#b4c0cc;
--h0:#1c232c;--h1:#12304f;--h2:#164677;--h3:#1d5c9e;--h4:#6aaaf0;--h5:#b3d6fc;
--t0:#e6edf3;--t1:#e6edf3;--t2:#fff;--t3:#fff;--t4:#08111c;--t5:#08111c;
--was:#3a4450;`;

export const style = `
:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
main{max-width:1120px;margin:0 auto;padding:20px 16px 48px}
h1{font-size:1.6rem;line-height:1.25;margin:0}
h2{font-size:1.2rem;margin:0 0 10px}
h3{font-size:1rem;margin:0 0 8px}
p{margin:0 0 10px}
a{color:var(--link)}
code{font:0.9em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
section{margin-top:36px}
.verdict{border-left:8px solid;border-radius:6px;padding:16px 18px}
.verdict p{margin:6px 0 0;font-size:1.05rem;color:var(--text)}
.verdict h1{color:inherit}
.pass{color:var(--pass);background:var(--pass-soft)}
.fail{color:var(--fail);background:var(--fail-soft)}
.inconclusive-verdict{color:var(--warn);background:var(--warn-soft)}
.meta{color:var(--muted);font-size:0.9rem;margin:10px 0 0;display:flex;flex-wrap:wrap;gap:2px 18px}
.note{color:var(--muted);font-size:0.92rem;max-width:46em}
.grid-cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(420px,100%),1fr));gap:16px;align-items:start}
.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:14px 12px;min-width:0}
.card>.chart{margin:0 auto}.card>.note{margin:10px 0 0}
table{border-collapse:collapse;width:100%;font-size:0.94rem}
th{text-align:left;font-weight:600;color:var(--muted);font-size:0.9em;border-bottom:2px solid var(--line);padding:6px 10px 6px 0;vertical-align:bottom;overflow-wrap:normal}
td{border-bottom:1px solid var(--line);padding:8px 10px 8px 0;vertical-align:top}
th.number,td.number{text-align:right;font-variant-numeric:tabular-nums}
td.number{white-space:nowrap}td.wrap{white-space:normal;min-width:11em}th.lead{width:30%}td.lead code{white-space:pre-wrap}
th:last-child,td:last-child{padding-right:0}
.reason{display:block;color:var(--muted);font-size:0.95em;margin-top:2px}
.standing{font-weight:600;white-space:nowrap}
.failed{color:var(--fail)}.inconclusive,.warning{color:var(--warn)}.passed{color:var(--pass)}
ul{margin:0;padding-left:20px}
li{margin:4px 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;margin:0;font-size:0.94rem}
dt{color:var(--muted)}dd{margin:0;min-width:0}
.gap{margin-top:24px}.numbers{margin-top:12px;font-size:.9rem}.card>p{margin:0 0 8px}
details{margin-top:14px}table+.note{margin-top:12px}
summary{cursor:pointer;font-weight:600;padding:4px 0}
footer{margin-top:44px;padding-top:14px;border-top:1px solid var(--line);color:var(--muted);font-size:0.88rem}
.chart{display:block;width:100%;max-width:460px;height:auto;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;overflow:hidden}
.chart text{fill:var(--text)}
.chart .muted{fill:var(--muted)}.chart .end{text-anchor:end}.chart .middle{text-anchor:middle}.chart .strong{font-weight:600}
.chart path{fill:none}
.grid{stroke:var(--line);stroke-width:1}
.reference{stroke:var(--muted);stroke-width:1.5;stroke-dasharray:1.5 4;stroke-linecap:round}
.line{stroke-width:2.25;stroke-linejoin:round}.dashed{stroke-dasharray:7 4;stroke-width:1.75}
.c0{stroke:var(--c0)}.c1{stroke:var(--c1)}.c2{stroke:var(--c2)}.c3{stroke:var(--c3)}.c4{stroke:var(--c4)}.c5{stroke:var(--c5)}
.mark{stroke:var(--fail);stroke-width:3.5}
.dot{fill:var(--card);stroke-width:2}
.backdrop{fill:var(--card);opacity:.85}
.bar{fill:var(--c0)}
.points{fill:var(--c0);fill-opacity:.45}
.threshold{stroke:var(--text);stroke-width:2}
.track{stroke:var(--line);stroke-width:1}
.good{fill:var(--pass);fill-opacity:.13}
.whisker{stroke:var(--c0);stroke-width:2}.whisker.failed{stroke:var(--fail)}.whisker.passed{stroke:var(--pass)}.whisker.inconclusive,.whisker.warning{stroke:var(--warn)}
.value{fill:var(--c0)}.value.failed{fill:var(--fail)}.value.passed{fill:var(--pass)}.value.inconclusive,.value.warning{fill:var(--warn)}
.chart .diamond{fill:var(--card);stroke:var(--c1);stroke-width:1.75}
.h0{fill:var(--h0)}.h1{fill:var(--h1)}.h2{fill:var(--h2)}.h3{fill:var(--h3)}.h4{fill:var(--h4)}.h5{fill:var(--h5)}
.chart .t0{fill:var(--t0)}.chart .t1{fill:var(--t1)}.chart .t2{fill:var(--t2)}.chart .t3{fill:var(--t3)}.chart .t4{fill:var(--t4)}.chart .t5{fill:var(--t5)}
.spark{display:block;width:120px;max-width:100%;height:28px}.spark path{stroke:none}.spark .grid{stroke:var(--line)}
.chart .was,.spark .was{fill:var(--was);stroke:var(--muted);stroke-width:1}.spark .was{stroke-width:.75}
.now{fill:var(--c0)}.chart .now-line,.spark .now-line{fill:none;stroke:var(--c0);stroke-width:2.25;stroke-linejoin:round}.spark .now-line{stroke-width:1.75}.spark .now{fill:var(--c0)}
.bins{fill:var(--c0)}.values{fill:var(--c2)}
.small{display:block;color:var(--muted);font-size:0.88em;margin-top:2px}td.facts{font-variant-numeric:tabular-nums;min-width:12em}th.facts,td.facts{padding-left:18px}td.facts.empty{color:var(--muted)}
.stacked{display:grid;gap:16px}.stacked>.card{padding:14px 16px}
.card h3 .standing{font-weight:600;margin-left:8px}
mark{background:var(--fail-soft);color:var(--fail);font-weight:600;border-radius:3px;padding:1px 5px;box-shadow:inset 0 0 0 1px var(--fail)}
.warns mark{background:var(--warn-soft);color:var(--warn);box-shadow:inset 0 0 0 1px var(--warn)}
.rows td{white-space:pre-wrap;min-width:4em}.rows th{overflow-wrap:anywhere}.rows th.lead{width:38%}.rows tr:last-child td{border-bottom:0}
.missing{color:var(--muted);font-style:italic}
@media (min-width:1000px){.split{display:grid;grid-template-columns:1fr 1fr;gap:16px;align-items:start}}
.split>*{min-width:0}
@media screen and (max-width:820px){
h1{font-size:1.3rem}
section{margin-top:28px}
table.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table.stack tr{display:block;border-bottom:1px solid var(--line);padding:10px 0}
table.stack td{display:flex;justify-content:space-between;gap:14px;border:0;padding:2px 0;text-align:right;white-space:normal}
table.stack td::before{content:attr(data-label);color:var(--muted);font-size:0.84rem;flex:none;text-align:left}
table.stack td.lead{display:block;text-align:left;padding-bottom:4px}
table.stack td.lead::before,table.stack td.empty{display:none}
table.rows td::before{flex:0 1 auto;max-width:45%}
table.glance tr{display:grid;grid-template-columns:1.35fr 1.25fr 1fr .9fr;gap:4px 10px}
table.glance td,table.glance td.empty{display:block;text-align:left;font-size:0.95em}
table.glance td::before{display:block;max-width:none}
table.glance td.lead,table.glance td.facts{grid-column:1/-1;padding:0}
table.glance td.lead::before,table.glance td.facts::before,table.glance td.facts.empty{display:none}
table.glance td.facts{order:1;display:flex;align-items:center;justify-content:flex-start;gap:10px}.facts .spark{flex:none}
table.pairs tr{display:grid;grid-template-columns:1.2fr .9fr 1fr;gap:4px 10px}
table.pairs td,table.pairs td.empty{display:block;text-align:left;font-size:0.95em}table.pairs td::before{display:block}
table.pairs td.lead{grid-column:1/3}table.pairs td.number{order:2}table.pairs td.facts{order:1;min-width:0;padding:0}
table.pairs td.lead::before,table.pairs td.facts::before{display:none}
dl{grid-template-columns:minmax(5.5em,max-content) 1fr;gap:4px 12px}dt{max-width:9em}
}
@media print{
:root{${light}}
body{font-size:10pt}table{font-size:8.5pt}td.number{white-space:normal}th,td{padding-right:8px}main{max-width:none;padding:0}
section{margin-top:20px}.card,tr,.verdict{break-inside:avoid}h2,h3{break-after:avoid}
.grid-cards,.split{display:grid;grid-template-columns:1fr 1fr;gap:10px}.split>:last-child{font-size:8pt}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`;
