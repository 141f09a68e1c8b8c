import type { PageAnswer } from '../../sandbox/form-page.ts';

/** Where Calendly's script for pages of others is. */
export const WIDGET_PATH = '/assets/external/widget.js';

/**
 * A stand-in for that script, which does to a page what Calendly's does: each element of the class gets a frame with
 * the booking page of its `data-url`, which is told where it stands.
 */
const script = `(()=>{
const put=({url,parentElement})=>{const frame=document.createElement('iframe'),at=new URL(url);
at.searchParams.set('embed_domain',location.hostname);at.searchParams.set('embed_type','Inline');
frame.src=at.href;frame.width='100%';frame.height='100%';frame.frameBorder='0';frame.title='Select a Date & Time - Calendly (sandbox)';
parentElement.append(frame)};
const initInlineWidgets=()=>{for(const parentElement of document.querySelectorAll('.calendly-inline-widget[data-url]:not([data-processed])')){
if(parentElement.dataset.autoLoad==='false')continue;
parentElement.dataset.processed='true';put({url:parentElement.dataset.url,parentElement})}};
window.Calendly={initInlineWidget:put,initInlineWidgets};
if(document.readyState==='loading')document.addEventListener('DOMContentLoaded',initInlineWidgets);else initInlineWidgets()})();
`;

export const widgetAnswer: PageAnswer = {
  status: 200,
  contentType: 'text/javascript; charset=utf-8',
  body: script,
};

/** What a page in a frame says to the one around it when its event was made, as Calendly's does. */
export function scheduledMessage(eventUri: string, inviteeUri: string): string {
  const message = {
    event: 'calendly.event_scheduled',
    payload: { event: { uri: eventUri }, invitee: { uri: inviteeUri } },
  };
  return `<script>if(parent!==window)parent.postMessage(${JSON.stringify(message).replaceAll('<', '\\u003c')},'*')</script>`;
}
