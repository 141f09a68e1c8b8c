import type { PageAnswer } from '../../sandbox/form-page.ts';

const SUFFIX = '/embed';

/** Whether a booking page is asked for as it stands in pages of others, and which page that is. */
export function embedOf(path: string): { readonly path: string; readonly isEmbed: boolean } {
  const isEmbed = path.endsWith(SUFFIX);
  return { path: isEmbed ? path.slice(0, -SUFFIX.length) : path, isEmbed };
}

/** In a frame a page hides until the one around it has answered, and tells how tall it is, as Cal.com's do. */
const handshake = `<style>body{visibility:hidden}</style><script>
const tell=(type,data={})=>parent.postMessage({originator:'CAL',fullType:'CAL::'+type,type,namespace:'',data},'*');
addEventListener('message',({data})=>{if(data&&data.originator==='CAL'&&data.method==='parentKnowsIframeReady'){
document.body.style.visibility='visible';tell('__dimensionChanged',{iframeHeight:document.documentElement.scrollHeight});tell('linkReady')}});
addEventListener('DOMContentLoaded',()=>tell('__iframeReady',{isPrerendering:false}));
</script>`;

/** What a page in a frame says when a booking was made there. */
export function bookedMessage(uid: string): string {
  return `<script>addEventListener('DOMContentLoaded',()=>{tell('bookingSuccessful',{uid:${JSON.stringify(uid)}});tell('bookingSuccessfulV2',{uid:${JSON.stringify(uid)}})})</script>`;
}

/** A page as it may be framed; every other one forbids that. */
export function framed(answer: PageAnswer, isEmbed: boolean): PageAnswer {
  return isEmbed
    ? { ...answer, body: answer.body.replace('</head>', `${handshake}</head>`) }
    : { ...answer, headers: { 'X-Frame-Options': 'DENY' } };
}
