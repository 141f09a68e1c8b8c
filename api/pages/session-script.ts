/**
 * What the session's page does beyond being read: it counts down, offers the browser's own time zone, shows Cal.com's
 * calendar, and follows the session. Nothing on the page needs it. One text for every page, so that its hash is one;
 * what differs stands in `data-` attributes of `#live`:
 *
 * - `data-events` the stream of changes, `data-mark` what the page shows, `data-now` the server's clock
 * - `data-next` when it would say something else by itself, `data-said` what is read out after a change
 *
 * Elements with `data-live` are exchanged, by their ids, when the page has changed; no field stands in one, so that
 * nothing half-filled is lost. `data-passing` goes when the session's time has changed, or its late change was decided
 * (`data-time`).
 */
export const sessionScript = `(()=>{
const d=document,at=Date.parse,id=i=>d.getElementById(i),all=s=>[...d.querySelectorAll(s)],o={...id('live').dataset},
skew=at(o.now)-Date.now(),lang=d.documentElement.lang,sizes={day:864e5,hour:36e5,minute:6e4,second:1e3},units=Object.keys(sizes);
let busy,stream,wait=4e3,turn=at(o.next);
const left=ms=>{const i=units.findIndex(u=>ms>=sizes[u]),u=units[i],v=units[i+1],n=v?ms%sizes[u]/sizes[v]|0:0,
t=new Intl.RelativeTimeFormat(lang).format(ms/sizes[u]|0,u);
return n?t+' '+new Intl.NumberFormat(lang,{style:'unit',unit:v,unitDisplay:'long'}).format(n):t},
tick=()=>{const now=Date.now()+skew;for(const e of all('[data-until]')){const ms=at(e.dataset.until)-now;if(ms>999)e.textContent=left(ms)}
if(turn<=now){turn=NaN;setTimeout(look,1500)}},
leave=()=>{stream&&stream.close();stream=0},
follow=()=>{if(stream||d.hidden)return;
stream=new EventSource(o.events);
stream.addEventListener('changed',e=>{wait=4e3;e.data!==o.mark&&look()});
stream.addEventListener('over',()=>location.reload());
stream.onerror=()=>{if(stream.readyState===2){leave();setTimeout(follow,wait=Math.min(wait*2,3e5))}}};
async function look(){
if(busy){busy=2;return}busy=1;
try{const a=await fetch(location.pathname,{redirect:'manual'});
if(a.ok)swap(new DOMParser().parseFromString(await a.text(),'text/html'));
else if(a.status<429)location.reload()}catch{}
const again=busy>1;busy=0;again&&look()}
function swap(p){
const l=p.getElementById('live').dataset,b=id('booking'),n=p.getElementById('booking'),f=d.activeElement,to=f.closest('[data-live]')&&f.getAttribute('href');
if(l.mark===o.mark&&l.next===o.next)return;
if(n&&n.dataset.url!==b?.dataset.url){location.reload();return}
if(b&&!n)b.remove();
for(const e of all('[data-live]'))e.replaceWith(p.getElementById(e.id));
if(l.time!==o.time)all('[data-passing]').forEach(e=>e.remove());
if(to){const e=all('[data-live] a').find(e=>e.getAttribute('href')===to)||d.querySelector('h1');e.tabIndex<0&&(e.tabIndex=-1);e.focus()}
Object.assign(o,l);turn=at(o.next);tick();id('said').textContent=o.said}
d.addEventListener('visibilitychange',()=>{if(d.hidden)leave();else{follow();look()}});
addEventListener('message',({source,origin,data:m})=>{
const f=all('#booking iframe').find(f=>f.contentWindow===source);
if(!f||!m||origin!==new URL(f.src).origin)return;
if(m.event==='calendly.event_scheduled'||/^bookingS/.test(m.type)){setTimeout(look,2e3);setTimeout(look,9e3)}
if(m.type==='__iframeReady')source.postMessage({originator:'CAL',method:'parentKnowsIframeReady'},origin);
if(m.type==='__dimensionChanged'&&m.data?.iframeHeight>200)f.style.height=Math.min(m.data.iframeHeight,3e3)+'px'});
for(const e of all('[data-frame]'))e.append(Object.assign(d.createElement('iframe'),{loading:'lazy',title:e.dataset.title,src:e.dataset.frame}));
const z=Intl.DateTimeFormat().resolvedOptions().timeZone,q=id('zone-offer');
if(z&&z!==q.dataset.shown){q.elements.zone.value=q.querySelector('b').textContent=z;q.hidden=false}
history.replaceState(0,'',location.pathname);
setInterval(tick,1e3);tick();follow()})()`;
