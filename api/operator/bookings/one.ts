import { type Html, html } from '../../../platform/html.ts';
import { webAddress } from '../../pages/web-address.ts';
import { operatorBookingsWords } from '../../pages/messages/operator-bookings.ts';
import { operatorListsWords } from '../../pages/messages/operator-lists.ts';
import { shown, toldOf } from '../answers.ts';
import { auditList } from '../audit/list.ts';
import { choiceField, folded, textArea, textField, tick } from '../fields.ts';
import { form } from '../forms.ts';
import { facts } from '../table.ts';
import { time } from '../times.ts';
import type { Told } from '../told.ts';
import type { OperatorPage, OperatorView, PageAnswer, SentForm, Visit } from '../visit.ts';
import { BOOKINGS_PATH, bookingState, nameOf, type ShownBooking } from './list.ts';

const idOf = ({ req }: Visit): string => String(req.params['id']);
const pathOf = (id: string): string => `${BOOKINGS_PATH}/${id}`;

function linkTo(address: string | null, words: string): Html | null {
  const safe = webAddress(address);
  return safe === null ? null : html`<a href="${safe}" rel="noreferrer">${words}</a>`;
}

function particulars(visit: Visit, booking: ShownBooking): Html {
  const words = operatorBookingsWords[visit.language];
  const lists = operatorListsWords[visit.language];
  const { businessPhone: phone } = booking;
  return facts([
    [words.status, bookingState(booking, words)],
    [words.appointment, time(booking.scheduledAt, visit)],
    [words.until, time(booking.endsAt, visit)],
    [words.reason, booking.reason === null ? null : words.reasons[booking.reason]],
    [words.cancelReason, booking.cancelReason],
    [words.company, booking.companyName],
    [words.website, linkTo(booking.companyWebsite, booking.companyWebsite)],
    [words.position, booking.position],
    [words.decides, booking.companyName === '' ? null : booking.isDecisionMaker ? lists.yes : lists.no],
    [words.email, booking.email],
    [words.phone, phone === null ? null : `${phone.code} ${phone.number}`],
    [words.reschedules, booking.reschedules === 0 ? null : words.times(booking.reschedules)],
    [words.link, linkTo(booking.calendlyLink, booking.calendlyLink)],
    [words.askedFor, time(booking.createdAt, visit)],
    [words.changed, time(booking.updatedAt, visit)],
    [words.run, linkTo(booking.runUrl, 'Temporal UI')],
    ['ID', html`<code>${booking._id}</code>`],
  ]);
}

/** What was typed stays, when it could not be done. */
type Typed = Readonly<Record<string, string>>;

function changeForm(visit: Visit, booking: ShownBooking, tag: string, typed: Typed): Html {
  const words = operatorBookingsWords[visit.language];
  const statuses = Object.entries(words.statuses).filter(([status]) => status !== booking.status);
  return html`<section class="card"><h2>${words.notesTitle}</h2>
${form(
  visit,
  pathOf(booking._id),
  html`<input type="hidden" name="tag" value="${tag}">
${textArea({ name: 'notes', label: words.notes, value: typed['notes'] ?? booking.meetingNotes ?? '', hint: words.notesHint })}
${choiceField({ name: 'status', label: words.newStatus, value: typed['status'] ?? '', options: [['', words.sameStatus], ...statuses] })}
${tick({ name: 'read', value: 'yes', label: words.markRead, ticked: 'notes' in typed ? typed['read'] === 'yes' : true })}
<p><button type="submit" name="do" value="change">${words.save}</button></p>`,
)}</section>`;
}

function cancelForm(visit: Visit, booking: ShownBooking, typed: Typed): Html | null {
  if (booking.status === 'cancelled' || booking.status === 'completed') return null;
  const words = operatorBookingsWords[visit.language];
  const lists = operatorListsWords[visit.language];
  const isMissing = typed['do'] === 'cancel' && (typed['reason'] ?? '').trim() === '';
  const field = textField({
    name: 'reason',
    label: words.cancelReasonLabel,
    value: typed['reason'] ?? '',
    required: true,
    ...(isMissing ? { error: lists.missing } : {}),
  });
  return html`<section class="card"><h2>${words.cancelTitle}</h2><p>${words.cancelLead}</p>
${form(visit, pathOf(booking._id), html`${field}<p><button class="danger" type="submit" name="do" value="cancel">${words.cancel}</button></p>`)}</section>`;
}

function deleteForm(visit: Visit, booking: ShownBooking): Html {
  const words = operatorBookingsWords[visit.language];
  const lists = operatorListsWords[visit.language];
  return html`<section class="card">${folded(
    lists.dangerous,
    html`<p>${words.deleteLead}</p>
${form(
  visit,
  `${BOOKINGS_PATH}/delete`,
  html`<input type="hidden" name="id-${booking._id}" value="yes">${tick({ name: 'sure', value: 'yes', label: words.deleteSure })}
<p><button class="danger" type="submit">${words.deleteOne}</button></p>`,
)}`,
  )}</section>`;
}

async function view(
  visit: Visit,
  id: string,
  again: { readonly typed: Typed; readonly told?: Told } = { typed: {} },
): Promise<OperatorView> {
  const words = operatorBookingsWords[visit.language];
  const [read, audit] = await Promise.all([
    visit.api.getBookingAsAdmin({ path: { id } }),
    visit.api.listAudit({ query: { subject: id, limit: 50 } }),
  ]);
  const { booking } = shown(read).results;
  const tag = read.headers.get('etag') ?? '';
  const { items } = shown(audit);
  return {
    kind: 'view',
    title: nameOf(booking),
    place: 'bookings',
    ...(again.told === undefined ? {} : { told: again.told, status: 409 }),
    body: html`${booking.needsAttention && html`<div class="notice danger"><p>${words.attentionWords}</p></div>`}
${booking.degraded && html`<div class="notice warn"><p>${words.degradedWords}</p></div>`}
<div class="columns"><div>
<section class="card">${particulars(visit, booking)}</section>
<section class="card"><h2>${words.calendlyTitle}</h2>${
      booking.calendlyEventUri === null
        ? html`<p>${words.noAppointment}</p>`
        : html`<p><a class="button secondary" href="${pathOf(id)}/calendly">${words.calendlyLook}</a></p>`
    }</section>
<section class="card"><h2>${words.history}</h2>${items.length === 0 ? html`<p>${words.noHistory}</p>` : auditList(visit, items)}</section>
</div><div>
${changeForm(visit, booking, tag, again.typed)}
${cancelForm(visit, booking, again.typed)}
${deleteForm(visit, booking)}
</div></div>`,
  };
}

async function change(visit: Visit, sent: SentForm): Promise<PageAnswer> {
  const id = idOf(visit);
  const status = sent.text('status');
  const tag = sent.text('tag');
  const notes = sent.fields['notes'] ?? '';
  const answer = await visit.api.updateBooking({
    headers: { 'Idempotency-Key': sent.key, ...(tag === '' ? {} : { 'If-Match': tag }) },
    body: {
      _id: id,
      meetingNotes: notes.trim() === '' ? null : notes.replaceAll('\r\n', '\n'),
      isRead: sent.text('read') === 'yes',
      // What is no status is the API's to refuse.
      ...(status === '' ? {} : { status: status as ShownBooking['status'] }),
    },
  });
  const told = toldOf('updateBooking', answer);
  return told.outcome === 'done'
    ? { kind: 'go', to: pathOf(id), told }
    : view(visit, id, { typed: sent.fields, told });
}

async function cancel(visit: Visit, sent: SentForm): Promise<PageAnswer> {
  const id = idOf(visit);
  const reason = sent.text('reason');
  const told: Told =
    reason === ''
      ? { act: 'cancelBooking', outcome: 'invalid-request' }
      : toldOf(
          'cancelBooking',
          await visit.api.cancelBooking({
            path: { id },
            headers: { 'Idempotency-Key': sent.key },
            body: { reason },
          }),
        );
  return told.outcome === 'done'
    ? { kind: 'go', to: pathOf(id), told }
    : view(visit, id, { typed: sent.fields, told });
}

/** One booking, what was done with it, and what can be. */
export const bookingPage: OperatorPage = {
  path: `${BOOKINGS_PATH}/:id`,
  show: (visit) => view(visit, idOf(visit)),
  take: (visit, sent) => (sent.text('do') === 'cancel' ? cancel(visit, sent) : change(visit, sent)),
};
