import { afterEach, describe, expect, test } from '@jest/globals';
import type { PlanSetup, SetupStep } from '../../integrations/setup/step.ts';
import { createZammadSetup } from '../../integrations/zammad/setup.ts';
import {
  MACRO_NAME,
  TRIGGER_NAME,
  WEBHOOK_NAME,
  WEBHOOK_PAYLOAD,
  wantedAttributes,
} from '../../integrations/zammad/setup-wanted.ts';
import { startZammadTwin, type ZammadTwin, type ZammadTwinOptions } from '../../integrations/zammad/twin.ts';
import { startReceiver } from './saleor-receiver.ts';

const webhook = {
  url: 'https://latchkey.example/webhooks/zammad',
  secret: 'a-secret-of-at-least-32-bytes-length',
};
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function zammad(options: Partial<ZammadTwinOptions> = {}) {
  const twin = await startZammadTwin({ port: 0, ...options });
  open.push(twin);
  return twin;
}

const planOf = (twin: ZammadTwin, more: { token?: string; webhook?: typeof webhook } = {}): PlanSetup =>
  createZammadSetup({
    baseUrl: twin.url,
    token: more.token ?? twin.token,
    group: twin.group,
    timeoutMs: 2000,
    webhook: more.webhook ?? webhook,
  });

const statesOf = (steps: readonly SetupStep[]) =>
  Object.fromEntries(steps.map(({ subject, state }) => [subject, state]));
/** What is not as wanted. */
const wrong = (steps: readonly SetupStep[]) => steps.filter(({ state }) => state !== 'as-wanted');

async function applyAll(plan: PlanSetup): Promise<readonly string[]> {
  const done: string[] = [];
  for (const { apply } of await plan()) if (apply) done.push(await apply());
  return done;
}

/** The twin's own REST interface, as an admin's script uses it. */
async function admin(twin: ZammadTwin, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${twin.url}/api/v1/${path}`, {
    method,
    headers: { authorization: `Token token=${twin.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

const idOf = (twin: ZammadTwin, kind: 'webhooks' | 'triggers' | 'macros') =>
  twin.admin.list(kind)[0]?.id ?? 0;

describe('a Zammad from nothing', () => {
  test.each(['7.1.0', '6.4.1'])(
    '%s: is planned without a change, applied, and then lacks nothing',
    async (version) => {
      const twin = await zammad({ bare: true, version });
      const plan = planOf(twin);
      const fresh = await plan();
      expect(statesOf(fresh)).toEqual({
        'API token': 'as-wanted',
        'group Sessions': 'missing',
        'rights of the API user in the group Sessions': 'unmanageable',
        'ticket attribute session_action': 'missing',
        'ticket attribute session_status': 'missing',
        'ticket attribute session_id': 'missing',
        'ticket attribute session_rev': 'missing',
        'database of the ticket attributes': 'missing',
        'restart of Zammad': 'unmanageable',
        'tag latchkey': 'missing',
        'tag session': 'missing',
        'webhook Latchkey': 'missing',
        'trigger session action -> workflow': 'missing',
        'macro Cancel session': 'missing',
      });
      expect(await plan()).toMatchObject(fresh.map(({ subject, state }) => ({ subject, state })));
      expect(twin.attributes()).toEqual([]);
      expect(twin.admin.list('webhooks')).toEqual([]);

      const done = await applyAll(plan);
      expect(done).toContain('Made the webhook Latchkey.');
      expect(JSON.stringify([fresh, done])).not.toContain(webhook.secret);
      // Only a person can do the rest.
      expect(wrong(await plan()).map(({ subject, state, apply }) => ({ subject, state, apply }))).toEqual([
        { subject: 'rights of the API user in the group Sessions', state: 'unmanageable', apply: null },
        { subject: 'restart of Zammad', state: 'unmanageable', apply: null },
      ]);
      twin.grants('Sessions');
      twin.restart();
      expect(wrong(await plan())).toEqual([]);
      expect(await applyAll(plan)).toEqual([]);
    },
  );

  test('works then: a ticket keeps its fields, and an agent’s choice comes by the webhook', async () => {
    const receiver = await startReceiver();
    open.push(receiver);
    const twin = await zammad({ bare: true });
    const plan = planOf(twin, { webhook: { ...webhook, url: receiver.url } });
    await applyAll(plan);
    twin.grants('Sessions');
    twin.restart();
    await admin(twin, 'POST', 'tickets', {
      title: 'x',
      group: 'Sessions',
      customer_id: 1,
      session_id: 'key',
      session_rev: 1_795_257_987,
      article: { body: 'x' },
    });
    twin.agentSets(19, 'approve_change');
    await twin.webhooksIdle();
    expect(receiver.received.map(({ body }) => JSON.parse(body.toString()) as unknown)).toEqual([
      { ticket_id: '19', session_id: 'key' },
    ]);
    expect(twin.tickets()).toMatchObject([{ sessionRev: 1_795_257_987, sessionAction: 'approve_change' }]);
  });

  test('the twin of a running stack lacks nothing', async () => {
    expect(wrong(await planOf(await zammad({ webhook }))())).toEqual([]);
  });
});

describe('the restart', () => {
  test('is asked for until new attributes really work', async () => {
    const twin = await zammad({ bare: true });
    const plan = planOf(twin);
    await applyAll(plan);
    twin.grants('Sessions');
    const [pending] = wrong(await plan());
    expect(pending?.detail).toContain('session_action, session_status, session_id, session_rev');
    // What is written meanwhile is lost, which is why it is asked for.
    await admin(twin, 'POST', 'tickets', {
      title: 'x',
      group: 'Sessions',
      customer_id: 1,
      session_id: 'key',
    });
    expect(twin.tickets()).toMatchObject([{ sessionId: '' }]);
    twin.restart();
    expect(wrong(await plan())).toEqual([]);
  });
});

describe('drift', () => {
  const attribute = (name: string) => {
    const wanted = wantedAttributes.find((one) => one.name === name);
    if (!wanted) throw new Error(name);
    return {
      object: 'Ticket',
      name,
      display: wanted.display,
      data_type: wanted.dataType,
      data_option: wanted.dataOption,
      screens: wanted.screens,
      active: true,
    };
  };
  const change = (name: string, more: object) => async (twin: ZammadTwin) => {
    await admin(twin, 'PUT', 'object_manager_attributes/1', { ...attribute(name), ...more });
    await admin(twin, 'POST', 'object_manager_attributes_execute_migrations', {});
  };
  const options = (more: object) =>
    change('session_action', { data_option: { ...attribute('session_action').data_option, ...more } });
  const put = (kind: 'webhooks' | 'triggers' | 'macros', body: object) => (twin: ZammadTwin) =>
    admin(twin, 'PUT', `${kind}/${idOf(twin, kind)}`, body);
  const choices = { cancel: 'Stornieren', approve_change: 'Ja', decline_change: 'Nein', resend_link: 'Link' };

  test.each<[string, (twin: ZammadTwin) => Promise<unknown>, string, string]>([
    [
      'the group is switched off',
      (twin) => admin(twin, 'PUT', 'groups/2', { active: false }),
      'group Sessions',
      'switched off',
    ],
    [
      'a choice is gone',
      options({ options: choices }),
      'ticket attribute session_action',
      'lacks the options cancel_no_refund',
    ],
    [
      'a choice is strange',
      options({
        options: { ...(attribute('session_action').data_option['options'] as object), explode: 'x' },
      }),
      'ticket attribute session_action',
      'explode',
    ],
    [
      'the choice cannot be cleared',
      options({ nulloption: false }),
      'ticket attribute session_action',
      'cannot be cleared',
    ],
    [
      'the field is switched off',
      change('session_id', { active: false }),
      'ticket attribute session_id',
      'switched off',
    ],
    [
      'a field is too short',
      change('session_id', { data_option: { type: 'text', maxlength: 10 } }),
      'ticket attribute session_id',
      'too short',
    ],
    [
      'the revision is too small',
      change('session_rev', { data_option: { min: 0, max: 999_999 } }),
      'ticket attribute session_rev',
      'as large as are needed',
    ],
    [
      'a field is required',
      change('session_status', { screens: { edit: { 'ticket.agent': { shown: true, required: true } } } }),
      'ticket attribute session_status',
      'required',
    ],
    [
      'customers may choose',
      change('session_action', {
        screens: { edit: { 'ticket.agent': { shown: true }, 'ticket.customer': { shown: true } } },
      }),
      'ticket attribute session_action',
      'customers',
    ],
    [
      'agents do not see the field',
      change('session_action', { screens: { edit: {} } }),
      'ticket attribute session_action',
      'not shown to agents',
    ],
    ['the webhook is switched off', put('webhooks', { active: false }), 'webhook Latchkey', 'switched off'],
    [
      'the webhook goes elsewhere',
      put('webhooks', { endpoint: 'https://other.example/' }),
      'webhook Latchkey',
      'another address',
    ],
    [
      'the webhook has Zammad’s own payload',
      put('webhooks', { customized_payload: false }),
      'webhook Latchkey',
      'another payload',
    ],
    [
      'the webhook has another payload',
      put('webhooks', { custom_payload: '{"ticket_id":"1"}' }),
      'webhook Latchkey',
      'another payload',
    ],
    ['the webhook deletes', put('webhooks', { http_method: 'delete' }), 'webhook Latchkey', 'POST'],
    [
      'the webhook trusts anybody',
      put('webhooks', { ssl_verify: false }),
      'webhook Latchkey',
      'certificates',
    ],
    [
      'the trigger is switched off',
      put('triggers', { active: false }),
      `trigger ${TRIGGER_NAME}`,
      'switched off',
    ],
    [
      'the trigger always runs',
      put('triggers', { execution_condition_mode: 'always' }),
      `trigger ${TRIGGER_NAME}`,
      'every update',
    ],
    [
      'the trigger has no loop guard',
      put('triggers', { condition: { 'ticket.action': { operator: 'is', value: 'update' } } }),
      `trigger ${TRIGGER_NAME}`,
      'another condition',
    ],
    [
      'the trigger guards against somebody else',
      put('triggers', {
        condition: {
          'ticket.action': { operator: 'is', value: 'update' },
          'ticket.session_action': { operator: 'is', value: Object.keys(choices) },
          'ticket.updated_by_id': { operator: 'is not', pre_condition: 'specific', value: '99' },
        },
      }),
      `trigger ${TRIGGER_NAME}`,
      'another condition',
    ],
    [
      'the trigger calls another webhook',
      put('triggers', { perform: { 'notification.webhook': { webhook_id: '99' } } }),
      `trigger ${TRIGGER_NAME}`,
      'does not call our webhook',
    ],
    [
      'the trigger does more',
      put('triggers', {
        perform: { 'notification.webhook': { webhook_id: '2' }, 'ticket.state_id': { value: '4' } },
      }),
      `trigger ${TRIGGER_NAME}`,
      'ticket.state_id',
    ],
    ['the macro is switched off', put('macros', { active: false }), `macro ${MACRO_NAME}`, 'switched off'],
    [
      'the macro does something else',
      put('macros', { perform: { 'ticket.state_id': { value: '4' } } }),
      `macro ${MACRO_NAME}`,
      'choose to cancel',
    ],
    ['the macro is another group’s', put('macros', { group_ids: [1] }), `macro ${MACRO_NAME}`, 'not offered'],
  ])('%s: is found and put right', async (_, plant, subject, words) => {
    const twin = await zammad({ webhook });
    const plan = planOf(twin);
    await plant(twin);
    const found = (await plan()).find((step) => step.subject === subject);
    expect(found).toMatchObject({ state: 'different' });
    expect(found?.detail).toContain(words);
    await applyAll(plan);
    expect(wrong(await plan())).toEqual([]);
  });

  test.each(['7.1.0', '6.4.1'])(
    '%s: a webhook that signs with another token is found, shown or not',
    async (version) => {
      const twin = await zammad({ webhook: { ...webhook, secret: 'the one before' }, version });
      const plan = planOf(twin);
      expect(wrong(await plan())).toMatchObject([
        { subject: `webhook ${WEBHOOK_NAME}`, state: 'different', detail: 'It signs with another token.' },
      ]);
      await applyAll(plan);
      expect(wrong(await plan())).toEqual([]);
      expect(twin.admin.list('webhooks')[0]?.values['signature_token']).toBe(webhook.secret);
    },
  );

  test('what a business worded in its own way, or wrote in expert mode, is left alone', async () => {
    const twin = await zammad({ webhook });
    const plan = planOf(twin);
    const labels = { ...choices, cancel_no_refund: 'Ohne Geld' };
    await options({ options: Object.entries(labels).map(([value, name]) => ({ value, name })) })(twin);
    const condition = Object.entries(twin.admin.list('triggers')[0]?.values['condition'] as object).map(
      ([name, rule]) => ({ name, ...(rule as object) }),
    );
    await put('triggers', {
      condition: { operator: 'AND', conditions: condition.toReversed() },
      note: 'ours',
    })(twin);
    await put('webhooks', { custom_payload: JSON.stringify(JSON.parse(WEBHOOK_PAYLOAD), null, 2) })(twin);
    expect(wrong(await plan())).toEqual([]);
  });

  test('an own label survives when a choice is put back', async () => {
    const twin = await zammad({ webhook });
    await options({ options: choices })(twin);
    await applyAll(planOf(twin));
    expect(twin.attributes()[0]?.dataOption['options']).toMatchObject({
      cancel: 'Stornieren',
      cancel_no_refund: 'Cancel session, keep the money',
    });
  });

  test('an attribute of another type is a person’s business', async () => {
    const twin = await zammad({ bare: true });
    await admin(twin, 'POST', 'object_manager_attributes', {
      ...attribute('session_id'),
      data_type: 'integer',
    });
    const found = (await planOf(twin)()).find(({ subject }) => subject === 'ticket attribute session_id');
    expect(found).toMatchObject({ state: 'unmanageable', apply: null });
    expect(found?.detail).toContain('must be input');
  });

  test('somebody else’s pending change is named before it is carried out with ours', async () => {
    const twin = await zammad({ bare: true });
    await admin(twin, 'POST', 'object_manager_attributes', {
      ...attribute('session_id'),
      object: 'User',
      name: 'vat',
    });
    const found = (await planOf(twin)()).find(
      ({ subject }) => subject === 'database of the ticket attributes',
    );
    expect(found?.detail).toContain('User.vat');
  });
});

describe('a permission that is not there', () => {
  test.each([
    ['ticket.agent', 'API token'],
    ['admin.group', 'group Sessions'],
    ['admin.object', 'ticket attributes'],
    ['admin.webhook', 'webhook Latchkey'],
    ['admin.trigger', 'trigger session action -> workflow'],
  ])('%s is named', async (permission, subject) => {
    const twin = await zammad({ webhook, tokens: { poor: { lacks: [permission] } } });
    const found = (await planOf(twin, { token: 'poor' })()).find((step) => step.subject === subject);
    expect(found).toMatchObject({ state: 'unmanageable', apply: null });
    expect(found?.detail).toContain(permission);
  });

  test('admin.macro is only missed where there is something to write', async () => {
    const twin = await zammad({ webhook, tokens: { poor: { lacks: ['admin.macro'] } } });
    const plan = planOf(twin, { token: 'poor' });
    expect(wrong(await plan())).toEqual([]);
    await admin(twin, 'PUT', `macros/${idOf(twin, 'macros')}`, { active: false });
    expect(wrong(await plan())).toMatchObject([
      { subject: 'macro Cancel session', state: 'unmanageable', apply: null },
    ]);
  });

  test('admin.tag is never missed: the first ticket makes its tags', async () => {
    const twin = await zammad({ bare: true, tokens: { poor: { lacks: ['admin.tag'] } } });
    const subjects = (await planOf(twin, { token: 'poor' })()).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject.startsWith('tag'))).toEqual([]);
  });

  test.each([
    ['unknown', 'ZAMMAD_TOKEN'],
    ['old', 'ZAMMAD_TOKEN'],
    ['poor', 'API'],
  ])('a token that is %s is all there is to say', async (token, words) => {
    const twin = await zammad({ webhook, tokens: { old: 'expired', poor: 'no-permission' } });
    const steps = await planOf(twin, { token })();
    expect(steps).toMatchObject([{ subject: 'API token', state: 'unmanageable', apply: null }]);
    expect(steps[0]?.detail).toContain(words);
  });

  test('what Zammad refuses is told in its words', async () => {
    const twin = await zammad({ bare: true });
    const plan = planOf(twin, { webhook: { ...webhook, url: 'ftp://x' } });
    const step = (await plan()).find(({ subject }) => subject === 'webhook Latchkey');
    await expect(step?.apply?.()).rejects.toThrow('Invalid endpoint (no http/https)!');
  });

  test('a Zammad that does not answer is no plan at all', async () => {
    const twin = await zammad({ webhook });
    twin.faults.set({ kind: 'status', status: 503 });
    await expect(planOf(twin)()).rejects.toMatchObject({ code: 'vendor-unavailable' });
  });
});
