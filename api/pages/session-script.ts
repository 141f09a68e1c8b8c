/**
 * What the session's page does beyond being read: it counts down, offers the browser's own time zone, shows Cal.com's
 * calendar, and follows the session. Nothing on the page needs it. One text for every page, so that its hash is one;
 * what differs stands in `data-` attributes of `#live`:
 *
 * - `data-events` the stream of changes, `data-mark` what the page shows, `data-now` the server's clock
 * - `data-next` when it would say something else by itself, `data-said` what is read out after a change
 *
 * Elements with `data-live` are exchanged, by their ids, when the page has changed; no field stands in one, so that
 * nothing half-filled is lost. `data-passing` goes when
 * the session's time (`data-time`) has changed.
 */
export const sessionScript = `(()=>{
const d=document,all=(s,r=d)=>[...r.querySelectorAll(s)],live=d.getElementById('live');
if(!live)return;
const lang=d.documentElement.lang,o=live.dataset,skew=Date.parse(o.now)-Date.now(),now=()=>Date.now()+skew;
let mark=o.mark,next=Date.parse(o.next),busy,again,stream,wait=4e3;
const units=[['day',864e5],['hour',36e5],['minute',6e4],['second',1e3]];
const words=ms=>{const i=Math.max(0,units.findIndex(u=>ms>=u[1])),n=Math.max(1,Math.floor(ms/units[i][1]));
let t=new Intl.RelativeTimeFormat(lang,{numeric:'always'}).format(n,units[i][0]);
const u=units[i+1],m=u?Math.floor(ms%units[i][1]/u[1]):0;
return m?t+' '+new Intl.NumberFormat(lang,{style:'unit',unit:u[0],unitDisplay:'long'}).format(m):t};
const say=t=>{d.getElementById('said').textContent=t};
const tick=()=>{for(const e of all('[data-until]')){const ms=Date.parse(e.dataset.until)-now();if(ms>999){const t=words(ms);if(e.textContent!==t)e.textContent=t}}
if(next&&now()>=next){next=0;setTimeout(look,1500)}};
const soon=()=>[1e3,4e3,12e3].forEach(ms=>setTimeout(look,ms));
async function look(){
if(busy){again=true;return}busy=true;
try{const a=await fetch(location.pathname+location.search,{redirect:'manual',headers:{accept:'text/html'}});
if(a.ok){const p=new DOMParser().parseFromString(await a.text(),'text/html'),l=p.getElementById('live');
if(l&&l.dataset.mark!==mark||l&&l.dataset.next!==o.next)swap(p,l)}
else if(a.status<500&&a.status!==429)location.reload()}catch{}
busy=false;if(again){again=false;look()}}
function swap(p,l){
const w=d.getElementById('booking'),v=p.getElementById('booking');
if(v&&v.dataset.url!==(w&&w.dataset.url)){location.reload();return}
if(w&&!v)w.remove();
const f=d.activeElement,at=f&&f.closest('[data-live]')&&(f.getAttribute('href')||f.id);
for(const e of all('[data-live]')){const n=p.getElementById(e.id);if(n)e.replaceWith(n)}
if(at){const n=all('[data-live] a,[data-live] button').find(e=>(e.getAttribute('href')||e.id)===at)||d.querySelector('h1');n.tabIndex=n.tabIndex<0?-1:n.tabIndex;n.focus()}
if(l.dataset.time!==o.time)all('[data-passing]').forEach(e=>e.remove());
mark=l.dataset.mark;Object.assign(o,l.dataset);next=Date.parse(l.dataset.next);tick();say(o.said)}
function follow(){
if(!window.EventSource||stream||d.hidden)return;
stream=new EventSource(o.events);
stream.addEventListener('changed',e=>{wait=4e3;if(e.data!==mark)look()});
stream.addEventListener('over',()=>{leave();location.reload()});
stream.onerror=()=>{if(stream&&stream.readyState===2){leave();setTimeout(follow,wait=Math.min(wait*2,3e5))}}}
function leave(){if(stream){stream.close();stream=0}}
d.addEventListener('visibilitychange',()=>{if(d.hidden)leave();else{follow();look()}});
addEventListener('pagehide',leave);
addEventListener('message',e=>{
const w=all('#booking iframe').find(f=>f.contentWindow===e.source),m=e.data;
if(!w||!m||e.origin!==new URL(w.src).origin)return;
if(m.event==='calendly.event_scheduled'||/^(re)?booking(Successful|Rescheduled)/i.test(m.type))soon();
if(m.originator==='CAL'){if(m.type==='__iframeReady')e.source.postMessage({originator:'CAL',method:'parentKnowsIframeReady'},e.origin);
const h=m.type==='__dimensionChanged'&&m.data&&m.data.iframeHeight;if(h>200)w.style.height=Math.min(h,3e3)+'px'}});
for(const e of all('[data-frame]')){const f=d.createElement('iframe');f.src=e.dataset.frame;f.title=e.dataset.title;f.loading='lazy';e.append(f)}
const z=Intl.DateTimeFormat().resolvedOptions().timeZone,q=d.getElementById('zone-offer');
if(q&&z&&z!==q.dataset.shown){q.elements.zone.value=z;q.querySelector('b').textContent=z;q.hidden=false}
if(/[?&]notice=/.test(location.search))history.replaceState(null,'',location.pathname);
setInterval(tick,1e3);tick();follow()})()`;
