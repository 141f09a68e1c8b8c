/**
 * The one style of every page of ours, written into each of them: a page is one request, and a gateway in between has
 * nothing more to let through. Classes:
 *
 * - `card` a box of its own; `facts` a `dl` of names and values; `actions` buttons beside each other
 * - `button`, with `secondary` or `danger`: also for links that act like one
 * - `notice` and `badge`, with `ok`, `warn` or `danger`; never by colour alone, the words say it too
 * - `field` a label with its input; `hint` below it; `bar` links beside each other; `filters` fields in a row
 * - `stack` a table whose rows become boxes on narrow screens: each cell's `data-label` names it there
 * - `widget` a calendar of others in a frame, whose height is kept for it; `scripted` what is nothing without scripts
 * - `timeline` an `ol` of what happened; `plain` a list without marks; `muted`, `wide` (a page for tables), `hidden-words` (for screen readers)
 */
export const style = `:root{color-scheme:light dark;--back:#f4f5f8;--face:#fff;--text:#1a1f2b;--soft:#566074;--line:#d4d9e3;--field:#7b8597;--accent:#1d4ed8;--on-accent:#fff;--ok:#166534;--ok-back:#e8f6ec;--warn:#8a3c06;--warn-back:#fdf3e1;--danger:#b42318;--danger-back:#fdecea}
@media (prefers-color-scheme:dark){:root{--back:#11141b;--face:#1a1f2a;--text:#e8ebf1;--soft:#aab3c4;--line:#343c4c;--field:#8792a6;--accent:#8fb4ff;--on-accent:#0d1730;--ok:#86e0a3;--ok-back:#12301d;--warn:#f7c37a;--warn-back:#38260a;--danger:#ffaaa2;--danger-back:#40140f}}
*,::before,::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{background:var(--back);color:var(--text);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;margin:0;overflow-wrap:anywhere}
main,.top,.foot{margin-inline:auto;max-width:42rem;padding-inline:1rem}
.wide main,.wide .top,.wide .foot{max-width:76rem}
.wide .top nav{flex-basis:100%}
main{padding-block:1rem 2.5rem}
.top{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center;padding-block:.75rem}
.top p{margin-block:0}
.foot{color:var(--soft);font-size:.9rem;padding-block:0 2rem}
.brand{font-weight:650;margin-inline-end:auto}
h1{font-size:1.6rem;line-height:1.25;margin:.25rem 0 1rem;text-wrap:balance}
h2{font-size:1.15rem;line-height:1.3;margin:0 0 .6rem}
h3{font-size:1rem;margin:1rem 0 .4rem}
p,ul,ol,dl,table{margin:0 0 .85rem}
ul,ol{padding-inline-start:1.3rem}
a{color:var(--accent);text-underline-offset:.15em}
code,pre{font:.9em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{background:var(--back);border:1px solid var(--line);border-radius:.4rem;margin:0 0 .85rem;padding:.6rem .75rem;white-space:pre-wrap}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:.2rem}
.skip{position:absolute;inset-block-start:-10rem;inset-inline-start:1rem;background:var(--face);padding:.6rem 1rem;z-index:2}
.skip:focus{inset-block-start:.5rem}
.hidden-words{position:absolute;width:1px;height:1px;padding:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.muted,.hint{color:var(--soft)}
.hint{font-size:.92rem;margin-block:.25rem 0}
.card{background:var(--face);border:1px solid var(--line);border-radius:.75rem;margin:0 0 1rem;padding:1rem 1.1rem}
.card>:first-child{margin-block-start:0}
.card>:last-child{margin-block-end:0}
.plain{list-style:none;padding:0}
.facts{display:grid;gap:.1rem 1.25rem;grid-template-columns:minmax(0,1fr)}
.facts dt{color:var(--soft);font-size:.92rem}
.facts dd{margin:0 0 .6rem}
.notice{background:var(--face);border:1px solid var(--line);border-inline-start:.3rem solid var(--accent);border-radius:.4rem;margin:0 0 1rem;padding:.7rem .9rem}
.notice>:last-child{margin-block-end:0}
.notice.ok{background:var(--ok-back);border-inline-start-color:var(--ok)}
.notice.warn{background:var(--warn-back);border-inline-start-color:var(--warn)}
.notice.danger{background:var(--danger-back);border-inline-start-color:var(--danger)}
.badge{background:var(--back);border:1px solid var(--line);border-radius:1rem;display:inline-block;font-size:.87rem;line-height:1.3;padding:.1rem .6rem}
.badge.ok{background:var(--ok-back);border-color:var(--ok);color:var(--ok)}
.badge.warn{background:var(--warn-back);border-color:var(--warn);color:var(--warn)}
.badge.danger{background:var(--danger-back);border-color:var(--danger);color:var(--danger)}
button,.button{background:var(--accent);border:1px solid var(--accent);border-radius:.5rem;color:var(--on-accent);cursor:pointer;display:inline-block;font:inherit;font-weight:600;line-height:1.3;min-height:2.75rem;padding:.65rem 1.1rem;text-align:center;text-decoration:none}
button:hover,.button:hover{filter:brightness(1.08)}
button.secondary,.button.secondary{background:transparent;color:var(--accent)}
button.danger,.button.danger{background:transparent;border-color:var(--danger);color:var(--danger)}
button:disabled{cursor:not-allowed;opacity:.6}
.actions{align-items:center;display:flex;flex-wrap:wrap;gap:.6rem}
.actions form{margin:0}
form{margin:0 0 .85rem}
form.bare{margin:0}
button.small,.button.small{font-size:.92rem;min-height:2.25rem;padding:.35rem .75rem}
.error{color:var(--danger);font-weight:600;margin-block:.25rem 0}
form>:last-child{margin-block-end:0}
label,legend{font-weight:600}
fieldset{border:1px solid var(--line);border-radius:.5rem;margin:0 0 .85rem;padding:.5rem .9rem .7rem}
.choice{align-items:start;display:flex;font-weight:400;gap:.6rem;padding-block:.35rem}
.choice input{flex:none;height:1.25rem;margin-block-start:.15rem;width:1.25rem}
.field{display:block;margin:0 0 .85rem}
input:not([type=radio],[type=checkbox]),select,textarea{background:var(--face);border:1px solid var(--field);border-radius:.45rem;color:var(--text);display:block;font:inherit;margin-block-start:.25rem;max-width:100%;min-height:2.75rem;padding:.55rem .7rem;width:100%}
textarea{min-height:5rem}
.field>input,.field>select{max-width:26rem}
.filters{display:grid;gap:0 .9rem;grid-template-columns:repeat(auto-fill,minmax(min(13rem,100%),1fr));margin-block-end:.85rem}
.filters .field{display:grid;gap:0;grid-row:span 3;grid-template-columns:minmax(0,1fr);grid-template-rows:subgrid;margin:0 0 .6rem}
.filters label{align-self:end}
.bar{display:flex;flex-wrap:wrap;gap:.1rem .2rem;list-style:none;margin:0;padding:0}
.bar a,.bar span{border-radius:.4rem;display:inline-block;min-height:2.75rem;padding:.6rem .7rem;text-decoration:none}
.bar button{background:none;border:0;color:var(--accent);font-weight:400;padding:.6rem .7rem}
.bar a:hover,.bar button:hover{text-decoration:underline}
.bar [aria-current]{background:var(--face);box-shadow:inset 0 -.15rem var(--accent);color:var(--text);font-weight:600}
table{border-collapse:collapse;width:100%}
caption{font-weight:600;padding-block-end:.5rem;text-align:start}
th,td{border-block-end:1px solid var(--line);padding:.5rem .6rem;text-align:start;vertical-align:top}
thead th{color:var(--soft);overflow-wrap:normal;font-size:.9rem;font-weight:600}
.number{font-variant-numeric:tabular-nums;text-align:end}
.timeline{border-inline-start:2px solid var(--line);list-style:none;margin-inline-start:.4rem;padding:0 0 0 1.1rem}
.timeline li{margin-block-end:.8rem;position:relative}
.timeline li::before{background:var(--accent);border-radius:50%;content:"";height:.6rem;inset-inline-start:-1.45rem;position:absolute;inset-block-start:.5em;width:.6rem}
.timeline time{color:var(--soft);display:block;font-size:.92rem}
details>summary{cursor:pointer;font-weight:600;min-height:2.75rem;padding-block:.55rem}
.widget,.widget iframe{min-height:42rem}
.widget{margin-block-end:.85rem}
.widget iframe{background:#fff;border:0;border-radius:.4rem;color-scheme:light;display:block;width:100%}
.columns{display:grid;gap:0 1rem;grid-template-columns:minmax(0,1fr)}
@media (scripting:none){.scripted{display:none}}
@media (min-width:34rem){.facts{grid-template-columns:minmax(8rem,auto) minmax(0,1fr)}.facts dd{margin:0 0 .35rem}}
@media (min-width:60rem){td .badge{white-space:nowrap}td,th{overflow-wrap:break-word}}
@media (min-width:60rem){.columns{align-items:start;grid-template-columns:minmax(0,3fr) minmax(0,2fr)}.columns>:last-child .facts{grid-template-columns:minmax(0,1fr)}}
@media (max-width:59.99rem){.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.stack,.stack tbody,.stack tr,.stack td,.stack th{display:block;width:100%}.stack tr{border:1px solid var(--line);border-radius:.6rem;margin-block-end:.75rem;padding:.4rem .3rem}.stack td,.stack th{border:0;padding:.25rem .6rem;text-align:start}.stack [data-label]::before{color:var(--soft);content:attr(data-label) ": ";font-weight:400}}
@media (max-width:29.99rem){.actions>*,.actions button,.actions .button,form>button,form>p>button{width:100%}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{.top nav,.foot,form,.no-print{display:none}body{background:none}.card{border:0;padding:0}}`;
