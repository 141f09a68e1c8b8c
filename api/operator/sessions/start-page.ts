import type { StartSession } from '../../../integrations/latchkey/operations.generated.ts';
import { readInstant } from '../../../integrations/saleor/instant.ts';
import { type Html, html } from '../../../platform/html.ts';
import { LANGUAGES } from '../../../platform/language.ts';
import { operatorFrameWords } from '../../pages/messages/operator-frame.ts';
import { frameWords } from '../../pages/messages/frame.ts';
import { operatorStartWords } from '../../pages/messages/operator-start.ts';
import { isGood, toldOf } from '../answers.ts';
import { choiceField, textField } from '../fields.ts';
import { form } from '../forms.ts';
import type { Told } from '../told.ts';
import type { OperatorPage, OperatorView, SentForm, Visit } from '../visit.ts';
import { SESSIONS } from './list.ts';

const PATH = `${SESSIONS}/start`;

/** A form that was refused, as it was typed. */
interface Again {
  readonly fields: Readonly<Record<string, string>>;
  readonly wrong: ReadonlySet<string>;
  readonly key: string;
}

const DURATIONS = ['cutoff', 'booking_deadline', 'gate_opens', 'gate_closes', 'late_deadline'] as const;

/** The names that the API has for the fields, by those of the form. */
const apiNames: Readonly<Record<string, string>> = {
  email: 'client.email',
  first_name: 'client.first_name',
  last_name: 'client.last_name',
  language: 'client.language',
  minutes: 'duration',
};

const apiNameOf = (name: string): string => apiNames[name] ?? name;

/** What the form says, as the API takes it; what it cannot read is refused there. */
function bodyOf(sent: SentForm, zone: string): StartSession {
  const given = (name: string): Record<string, string> => {
    const value = sent.text(name);
    return value === '' ? {} : { [name]: value };
  };
  const typed = sent.text('starts_at');
  const instant = typed === '' ? undefined : readInstant(typed, zone);
  const minutes = sent.text('minutes');
  const policy = Object.fromEntries(
    [...DURATIONS, 'refund', 'on_cancel', 'late_default'].flatMap((name) => {
      const value = sent.text(`policy.${name}`);
      return value === '' ? [] : [[name, value]];
    }),
  );
  return {
    client: {
      email: sent.text('email'),
      first_name: sent.text('first_name'),
      last_name: sent.text('last_name'),
      language: sent.text('language'),
    },
    product: sent.text('product'),
    duration: /^\d{1,6}$/.test(minutes) ? `PT${minutes}M` : minutes,
    ...(typed !== '' && { starts_at: instant === undefined ? typed : new Date(instant).toISOString() }),
    amount: sent.text('amount').replace(',', '.'),
    currency: sent.text('currency').toUpperCase(),
    payment_reference: sent.text('payment_reference'),
    ...given('variant'),
    ...given('time_zone'),
    ...given('resource'),
    ...given('event_type'),
    ...given('reason'),
    ...(sent.text('provider') !== '' && { provider: sent.text('provider') as 'calendly' | 'calcom' }),
    ...(Object.keys(policy).length > 0 && { policy }),
  };
}

function view(visit: Visit, again: Again | null, refused?: { told: Told; status: number }): OperatorView {
  const words = operatorStartWords[visit.language];
  const frame = operatorFrameWords[visit.language];
  const about = (
    name: string,
    label: string,
    more: { hint?: string; required?: boolean; value?: string } = {},
  ) => {
    const value = again?.fields[name] ?? more.value;
    return {
      name,
      id: `start-${name.replace('.', '-')}`,
      label: more.required === true ? label : `${label} (${frame.optional})`,
      ...(more.required === true && { required: true }),
      ...(more.hint !== undefined && { hint: more.hint }),
      ...(value !== undefined && { value }),
      ...(again?.wrong.has(apiNameOf(name)) === true && { error: words.wrong }),
    };
  };
  const must = { required: true } as const;
  const group = (title: string, fields: readonly Html[]): Html =>
    html`<fieldset><legend>${title}</legend><div class="filters">${fields}</div></fieldset>`;
  const choice = (name: string, label: string, names: Readonly<Record<string, string>>): Html =>
    choiceField({ ...about(name, label), options: [['', words.usual], ...Object.entries(names)] });
  return {
    kind: 'view',
    ...(refused !== undefined && { told: refused.told, status: refused.status }),
    title: words.title,
    place: 'sessions',
    body: html`<p>${words.lead}</p>
${form(
  visit,
  PATH,
  html`${group(words.client, [
    textField({ ...about('email', words.email, must), type: 'email' }),
    textField(about('first_name', words.first, must)),
    textField(about('last_name', words.last, must)),
    choiceField({
      ...about('language', words.language, { ...must, value: visit.language }),
      options: LANGUAGES.map((one) => [one, frameWords[one].ownName] as const),
    }),
  ])}
${group(words.sold, [
  textField(about('product', words.product, must)),
  textField(about('variant', words.variant)),
  textField({ ...about('minutes', words.minutes, { ...must, value: '60' }), type: 'number' }),
  textField({
    ...about('starts_at', words.starts, { hint: words.startsHint(visit.zone) }),
    type: 'datetime-local',
  }),
  textField(about('time_zone', words.zone, { hint: words.zoneHint })),
  textField({ ...about('resource', words.resource, { hint: words.resourceHint }), type: 'url' }),
  choice('provider', words.provider, { calendly: 'Calendly', calcom: 'Cal.com' }),
  textField(about('event_type', words.eventType)),
])}
${group(words.paid, [
  textField(about('amount', words.amount, { ...must, hint: words.amountHint })),
  textField(about('currency', words.currency, { ...must, value: 'EUR' })),
  textField(about('payment_reference', words.reference, { ...must, hint: words.referenceHint })),
])}
<details${again !== null && [...again.wrong].some((name) => name.startsWith('policy.')) && html` open`}><summary>${words.deal}</summary><p class="hint">${words.dealHint}</p><div class="filters">
${DURATIONS.map((name) => textField(about(`policy.${name}`, words.policy[name])))}
${choice('policy.refund', words.policy.refund, words.refunds)}
${choice('policy.on_cancel', words.policy.on_cancel, words.onCancels)}
${choice('policy.late_default', words.policy.late_default, words.lateDefaults)}
</div></details>
${textField(about('reason', frame.reason, { hint: frame.reasonHint }))}
<p><button type="submit">${words.submit}</button></p>`,
  again?.key,
)}`,
  };
}

/** The fields that the API named, whatever they are inside of. */
const wrongIn = (detail: string | undefined): ReadonlySet<string> =>
  new Set([...(detail ?? '').matchAll(/(?:^|; )([a-z_.]+): /g)].map(([, name]) => name ?? ''));

/** Starts a session that was paid elsewhere. The form's key names the session, however often it is sent. */
export const startPage: OperatorPage = {
  path: PATH,
  show: async (visit) => view(visit, null),
  async take(visit, sent) {
    const answer = await visit.api.startSession({
      headers: { 'Idempotency-Key': sent.key },
      body: bodyOf(sent, visit.zone),
    });
    const { detail, ...told } = toldOf('startSession', answer);
    if ((answer.status === 200 || answer.status === 201) && isGood(answer))
      return { kind: 'go', to: `${SESSIONS}/${answer.body.id}`, told };
    const wrong = wrongIn(detail);
    const again = { fields: sent.fields, key: sent.key, wrong };
    const said = wrong.size > 0 || detail === undefined ? told : { ...told, detail };
    return view(visit, again, { told: said, status: answer.status });
  },
};
