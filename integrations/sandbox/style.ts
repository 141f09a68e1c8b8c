/**
 * The one style of everything that stands in for a vendor. Colours have a contrast of at least 4.5 to 1 in both schemes
 * (WCAG 2.2, 1.4.3), targets are 44 pixels high, and nothing is wider than 320 pixels need.
 */
export const SANDBOX_STYLE = `:root{color-scheme:light dark;--text:#1b1f24;--soft:#4a5561;--back:#f6f7f9;--box:#fff;--line:#79828d;--thin:#d5dae0;--accent:#0b57b0;--on-accent:#fff;--warn:#fff3cd;--warn-text:#4d3b00;--warn-line:#8a6d00;--code:#eceff3}
@media (prefers-color-scheme:dark){:root{--text:#e8ebef;--soft:#b3bcc6;--back:#14171b;--box:#1d2127;--line:#8b95a1;--thin:#3a424c;--accent:#8ebdff;--on-accent:#0b1a2e;--warn:#3a2f00;--warn-text:#ffe9a6;--warn-line:#c9a227;--code:#2a3038}}
*{box-sizing:border-box}
body{margin:0;font:1rem/1.5 system-ui,sans-serif;color:var(--text);background:var(--back);overflow-wrap:anywhere}
p.text{white-space:pre-line}
main,header,.nav{max-width:72rem;margin:0 auto;padding:0 1rem}
main.narrow,.narrow header{max-width:36rem}
h1{font-size:1.6rem;line-height:1.2;margin:1rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:0 0 .5rem}
a{color:var(--accent)}
.sandbox{background:var(--warn);color:var(--warn-text);border-bottom:2px solid var(--warn-line);padding:.6rem 1rem;margin:0;text-align:center}
.nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding-top:.5rem;list-style:none;margin-top:0;margin-bottom:0}
.nav a{display:inline-block;padding:.5rem 0}
.box{background:var(--box);border:1px solid var(--thin);border-radius:.5rem;padding:1rem;margin:1rem 0}
fieldset{border:1px solid var(--thin);border-radius:.5rem;background:var(--box);padding:1rem;margin:1rem 0;min-width:0}
legend{font-weight:600;padding:0 .25rem}
.fields{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(14rem,100%),1fr));gap:.75rem}
label{display:block;margin:.5rem 0}
input,select,textarea{display:block;width:100%;font:inherit;color:inherit;background:var(--box);border:1px solid var(--line);border-radius:.35rem;padding:.5rem;min-height:2.75rem}
input[type=radio],input[type=checkbox]{display:inline-block;width:1.25rem;height:1.25rem;min-height:0;margin:.15rem .5rem 0 0;accent-color:var(--accent);flex:none}
.choice{display:flex;align-items:flex-start;border:1px solid var(--thin);border-radius:.35rem;padding:.75rem;margin:.5rem 0}
.choice:has(input:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
.hint{color:var(--soft);font-size:.9rem;margin:.15rem 0}
button{font:inherit;font-weight:600;min-height:2.75rem;padding:.4rem 1rem;border-radius:.35rem;border:1px solid var(--accent);background:var(--accent);color:var(--on-accent);cursor:pointer}
button.quiet{background:transparent;color:var(--accent)}
.acts{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end;margin:.5rem 0}.acts form{margin:0;display:flex;flex-wrap:wrap;gap:.5rem;align-items:end}.acts label{margin:0}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.state{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .6rem;font-size:.9rem;margin:0 .25rem .25rem 0}
dl{display:grid;grid-template-columns:minmax(6rem,max-content) 1fr;gap:.25rem 1rem;margin:.5rem 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
code,pre{font:0.9em/1.5 ui-monospace,monospace;background:var(--code);border-radius:.25rem;padding:0 .25rem;overflow-wrap:anywhere}
.article{border-top:1px solid var(--thin);padding:.75rem 0}.article p,.article ul{margin:.35rem 0}
summary{cursor:pointer;padding:.6rem 0;font-weight:600}
.scroll{overflow-x:auto;border:1px solid var(--thin);border-radius:.5rem;background:var(--box)}
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid var(--thin);padding:.45rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere;white-space:pre-line}
th{color:var(--soft);font-weight:600;white-space:nowrap}tbody tr:last-child td{border-bottom:0}
@media (max-width:48rem){thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}tr,td{display:block}tr{border-bottom:2px solid var(--line);padding:.4rem 0}tr:last-child{border-bottom:0}td{border:0;padding:.2rem .6rem}td::before{content:attr(data-column) ": ";color:var(--soft);font-weight:600}td:empty{display:none}dl{grid-template-columns:1fr}dd{margin-bottom:.35rem}}
@media (prefers-reduced-motion:no-preference){button{transition:filter .1s}}button:hover{filter:brightness(1.1)}`;
