import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SANDBOX_AGENT_TOKEN, startZammadTwin, type ZammadTwin } from '../../integrations/zammad/twin.ts';
import { startReceiver } from './saleor-receiver.ts';

let twin: ZammadTwin;
const open: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  twin = await startZammadTwin({
    port: 0,
    tokens: { poor: 'no-permission', old: 'expired', asleep: 'inactive' },
    now: () => Date.parse('2026-11-21T10:00:00.913Z'),
  });
  open.push(twin);
});
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function call(
  method: string,
  path: string,
  body?: unknown,
  authorization = `Token token=${twin.token}`,
) {
  const response = await fetch(`${twin.url}/api/v1${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(authorization === '' ? {} : { authorization }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: JSON.parse(await response.text()) as unknown,
  };
}

/** The example of the reference, section 1.3. */
const example = {
  title: 'Session SES-60-20261201-10 / order 1',
  group: 'Sessions',
  customer_id: 'guess:zoe.mueller@example.com',
  state: 'open',
  priority: '2 normal',
  number: '5390017264518823',
  tags: 'saleor,session',
  session_id: 'ord_8539664e:line_bda4acfe:0',
  session_status: 'scheduled',
  session_action: '',
  session_rev: 1,
  not_a_field: 'dropped',
  article: {
    subject: 'Session booked',
    body: 'Start 2026-12-01T10:00Z',
    content_type: 'text/plain',
    type: 'note',
    internal: true,
    sender: 'Agent',
  },
};

const expectedTicket =
  '{"id":19,"group_id":2,"priority_id":2,"state_id":2,"organization_id":null,"number":"5390017264518823","title":"Session SES-60-20261201-10 / order 1",' +
  '"owner_id":1,"customer_id":10,"note":null,"first_response_at":null,"first_response_escalation_at":null,"first_response_in_min":null,' +
  '"first_response_diff_in_min":null,"close_at":null,"close_escalation_at":null,"close_in_min":null,"close_diff_in_min":null,' +
  '"update_escalation_at":null,"update_in_min":null,"update_diff_in_min":null,"last_close_at":null,"last_contact_at":null,' +
  '"last_contact_agent_at":null,"last_contact_customer_at":null,"last_owner_update_at":null,"create_article_type_id":10,' +
  '"create_article_sender_id":1,"article_count":1,"escalation_at":null,"pending_time":null,"type":null,"time_unit":null,"preferences":{},' +
  '"updated_by_id":3,"created_by_id":3,"created_at":"2026-11-21T10:00:00.913Z","updated_at":"2026-11-21T10:00:00.913Z",' +
  '"session_id":"ord_8539664e:line_bda4acfe:0","session_status":"scheduled","session_action":"","session_rev":1,' +
  '"checklist_id":null,"article_ids":[30],"ticket_time_accounting_ids":[]}';

describe('who asks', () => {
  test.each([
    ['', 403, 'Authentication required'],
    ['Token token=nope', 401, "Can't find User for Token"],
    ['Bearer nope', 401, 'The provided token is invalid.'],
    ['Token token=old', 401, 'Not authorized (token expired)!'],
    ['Token token=poor', 403, 'Not authorized (token)!'],
    [
      'Token token=asleep',
      401,
      'Login failed. Have you double-checked your credentials and completed the email verification step?',
    ],
  ])('"%s" answers %d', async (authorization, status, error) => {
    const answer = await call('GET', '/tickets/19', undefined, authorization);
    expect(answer).toMatchObject({ status, body: { error, error_human: error } });
    expect(answer.headers.get('x-failure')).toBe(error);
  });

  test('Bearer takes an API token too', async () => {
    expect((await call('GET', '/ticket_states', undefined, `Bearer ${twin.token}`)).status).toBe(200);
  });
});

describe('creating', () => {
  test('answers exactly the body of the reference', async () => {
    const { status, body } = await call('POST', '/tickets', example);
    expect(status).toBe(201);
    expect(JSON.stringify(body)).toBe(expectedTicket);
  });

  test('with expand has the names beside it', async () => {
    const { body } = await call('POST', '/tickets?expand=true', example);
    expect(body).toMatchObject({
      group: 'Sessions',
      state: 'open',
      priority: '2 normal',
      owner: '-',
      customer: 'zoe.mueller@example.com',
      customer_id: 10,
    });
  });

  test('guesses one user per address', async () => {
    await call('POST', '/tickets', example);
    const { body } = await call('POST', '/tickets', {
      ...example,
      number: '5300001',
      customer_id: 'guess:ZOE.Mueller@example.com',
    });
    expect(body).toMatchObject({ customer_id: 10 });
    expect(twin.users().filter((user) => user.id >= 10)).toHaveLength(1);
  });

  test('without a number gets one that is free', async () => {
    const { number: _, ...unnumbered } = example;
    await call('POST', '/tickets', { ...example, number: '53001' });
    expect((await call('POST', '/tickets', unnumbered)).body).toMatchObject({ number: '53002' });
  });

  test.each<[string, object, number, object]>([
    [
      'a number that is taken',
      {},
      422,
      { error: 'This object already exists.', error_human: 'This object already exists.' },
    ],
    ['no group', { number: '531', group: undefined }, 422, { error: "Group can't be blank" }],
    [
      'an unknown group',
      { number: '531', group: 'not_existing' },
      422,
      { error: `No lookup value found for 'group': "not_existing"` },
    ],
    [
      'an unknown state',
      { number: '531', state: 'asleep' },
      422,
      { error: `No lookup value found for 'state': "asleep"` },
    ],
    [
      'an unknown customer id',
      { number: '531', customer_id: 99999 },
      422,
      { error: "Invalid value for param 'customer_id': 99999" },
    ],
    [
      'an article without a body',
      { number: '531', article: {} },
      422,
      { error: "Need at least an 'article body' field." },
    ],
    [
      'a mail to nobody',
      { number: '531', article: { type: 'email', body: 'x' } },
      422,
      { error: 'Sending an email without a valid recipient is not possible.' },
    ],
    [
      'pending without a time',
      { number: '531', state: 'pending reminder' },
      422,
      { error: "Missing required value for field 'pending_time'!" },
    ],
    [
      'an unknown choice',
      { number: '531', session_action: 'x' },
      422,
      { error: "Invalid value 'x' for field 'session_action'!" },
    ],
  ])('%s is refused, and nothing is kept', async (_what, more, status, error) => {
    await call('POST', '/tickets', example);
    const users = twin.users().length;
    const answer = await call('POST', '/tickets', {
      ...example,
      customer_id: 'guess:new@example.com',
      ...more,
    });
    expect(answer).toMatchObject({ status, body: error });
    expect(twin.tickets()).toHaveLength(1);
    expect(twin.articles(19)).toHaveLength(1);
    expect(twin.users()).toHaveLength(users);
  });

  test('a bad guess has only "error"; tags as a list is an exception', async () => {
    expect(await call('POST', '/tickets', { ...example, customer_id: 'guess:x' })).toMatchObject({
      status: 422,
      body: { error: "Invalid email 'x' of customer" },
    });
    const { status, body } = await call('POST', '/tickets', { ...example, tags: ['a'] });
    expect(status).toBe(500);
    expect(Object.keys(body as object)).toEqual(['error']);
  });
});

describe('searching by condition', () => {
  const search = (condition: object) => call('POST', '/tickets/search?expand=true&per_page=2', { condition });

  test('finds by a custom attribute and by number', async () => {
    await call('POST', '/tickets', example);
    for (const condition of [
      { 'ticket.session_id': { operator: 'is', value: example.session_id } },
      { 'ticket.number': { operator: 'is', value: example.number } },
    ])
      expect((await search(condition)).body).toMatchObject([{ id: 19, group: 'Sessions' }]);
    expect((await search({ 'ticket.session_id': { operator: 'is', value: 'x' } })).body).toEqual([]);
  });

  test('ignores an invalid condition and answers arbitrary tickets', async () => {
    await call('POST', '/tickets', example);
    for (const rule of [{ operator: 'is' }, { operator: 'is', value: [] }, { operator: 'is', value: '' }])
      expect((await search({ 'ticket.session_id': rule })).body).toHaveLength(1);
  });

  test('refuses an unknown column, and breaks on a bad operator', async () => {
    await call('POST', '/tickets', example);
    expect((await search({ 'ticket.nothing': { operator: 'is', value: '1' } })).status).toBe(422);
    expect((await search({ 'ticket.number': { operator: 'resembles', value: '1' } })).status).toBe(500);
  });

  test('a query does not look into custom attributes', async () => {
    await call('POST', '/tickets', example);
    expect((await call('GET', '/tickets/search?expand=true&query=SES-60')).body).toHaveLength(1);
    expect((await call('GET', `/tickets/search?expand=true&query=${example.session_id}`)).body).toEqual([]);
  });
});

describe('changing', () => {
  test('touches only what is given, drops unknown keys, keeps the number', async () => {
    await call('POST', '/tickets', example);
    const { status, body } = await call('PUT', '/tickets/19', { session_rev: 2, number: '1', nothing: 1 });
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toBe(expectedTicket.replace('"session_rev":1', '"session_rev":2'));
  });

  test('an article that is refused leaves the ticket as it was', async () => {
    await call('POST', '/tickets', example);
    const { status } = await call('PUT', '/tickets/19', { session_rev: 2, article: { body: '' } });
    expect(status).toBe(422);
    expect(twin.tickets()).toMatchObject([{ sessionRev: 1 }]);
  });

  test('an unknown ticket is 404', async () => {
    for (const method of ['GET', 'PUT'])
      expect(await call(method, '/tickets/99999', method === 'PUT' ? {} : undefined)).toMatchObject({
        status: 404,
        body: { error: "Couldn't find Ticket with 'id'=99999" },
      });
  });
});

describe('articles, tags, states, users', () => {
  test('an article answers exactly the attributes of the reference', async () => {
    await call('POST', '/tickets', example);
    const { status, body } = await call('POST', '/ticket_articles', {
      ticket_id: 19,
      subject: 'Join link',
      body: '<p onclick="x()">Hi</p><script>alert(1)</script>',
      content_type: 'text/html',
      type: 'email',
      to: 'zoe.mueller@example.com',
      internal: false,
    });
    expect(status).toBe(201);
    expect(JSON.stringify(body)).toBe(
      '{"id":31,"ticket_id":19,"type_id":1,"sender_id":1,"from":"Api User via <support@sandbox.example>","to":"zoe.mueller@example.com","cc":null,"subject":"Join link",' +
        '"reply_to":null,"message_id":null,"message_id_md5":null,"in_reply_to":null,"content_type":"text/html","references":null,"body":"<p>Hi</p>","internal":false,' +
        '"preferences":{},"updated_by_id":3,"created_by_id":3,"origin_by_id":null,"created_at":"2026-11-21T10:00:00.913Z","updated_at":"2026-11-21T10:00:00.913Z","attachments":[],"time_unit":null,' +
        '"type":"email","sender":"Agent","created_by":"api@sandbox.example","updated_by":"api@sandbox.example"}',
    );
    expect((await call('GET', '/ticket_articles/by_ticket/19')).body).toMatchObject([{ id: 30 }, { id: 31 }]);
  });

  test('tags are added once', async () => {
    await call('POST', '/tickets', example);
    const tag = { item: 'session', object: 'Ticket', o_id: 19 };
    expect(await call('POST', '/tags/add', tag)).toMatchObject({ status: 201, body: true });
    expect((await call('GET', '/tags?object=Ticket&o_id=19')).body).toEqual({ tags: ['saleor', 'session'] });
    expect((await call('DELETE', '/tags/remove', tag)).body).toBe(true);
    expect((await call('GET', '/tags?object=Ticket&o_id=19')).body).toEqual({ tags: ['saleor'] });
  });

  test('states are looked up by name', async () => {
    const { body } = await call('GET', '/ticket_states');
    expect((body as { id: number; name: string }[]).map(({ id, name }) => `${id} ${name}`)).toEqual([
      '1 new',
      '2 open',
      '3 pending reminder',
      '4 closed',
      '5 merged',
      '6 removed',
      '7 pending close',
    ]);
  });

  test('a user is made once and found by GET and POST', async () => {
    const user = { firstname: 'Ann', lastname: 'Lee', email: 'Ann@example.com' };
    expect(await call('POST', '/users', user)).toMatchObject({
      status: 201,
      body: { email: 'ann@example.com' },
    });
    expect(await call('POST', '/users', user)).toMatchObject({
      status: 422,
      body: { error: "Email address 'ann@example.com' is already used for another user." },
    });
    for (const answer of [
      await call('GET', '/users/search?query=ann@example.com'),
      await call('POST', '/users/search', { query: 'ann@example.com' }),
    ])
      expect(answer.body).toMatchObject([{ firstname: 'Ann' }]);
  });
});

describe('what admins set up', () => {
  const attribute = {
    name: 'session_action',
    object: 'Ticket',
    display: 'Session action',
    active: true,
    position: 1550,
    data_type: 'select',
    data_option: { options: { cancel: 'Cancel' }, default: '', null: true, nulloption: true },
    screens: { edit: { 'ticket.agent': { shown: true, required: false } } },
  };
  const bare = async (version = '7.1.0') => {
    twin = await startZammadTwin({
      port: 0,
      bare: true,
      version,
      tokens: { poor: { lacks: ['admin.object'] } },
    });
    open.push(twin);
  };

  test('an attribute is made, migrated, and known after the restart', async () => {
    await bare();
    twin.grants('Users');
    expect(await call('POST', '/object_manager_attributes', attribute)).toMatchObject({
      status: 201,
      body: { name: 'session_action', to_create: true, to_migrate: true, editable: true },
    });
    expect(await call('POST', '/object_manager_attributes', attribute)).toMatchObject({
      status: 422,
      body: { error: 'already exists' },
    });
    expect(await call('PUT', '/object_manager_attributes/1', { ...attribute, name: 'other' })).toMatchObject({
      status: 422,
      body: { error: 'does not exist' },
    });
    const condition = { 'ticket.session_action': { operator: 'is', value: ['cancel'] } };
    const search = async () => (await call('POST', '/tickets/search?expand=true', { condition })).status;
    expect(await search()).toBe(422);
    expect(await call('POST', '/object_manager_attributes_execute_migrations', {})).toMatchObject({
      status: 200,
      body: {},
    });
    expect((await call('GET', '/object_manager_attributes')).body).toMatchObject([
      { name: 'session_action', to_create: false, to_migrate: false },
    ]);
    expect(await search()).toBe(422);
    twin.restart();
    expect(await search()).toBe(200);
    const ticket = { title: 'x', group: 'Users', customer_id: 1, session_action: 'explode' };
    expect((await call('POST', '/tickets', ticket)).status).toBe(422);
    expect((await call('POST', '/tickets', { ...ticket, session_action: 'cancel' })).body).toMatchObject({
      session_action: 'cancel',
    });
  });

  test('a required attribute refuses every write without it', async () => {
    await bare();
    const screens = { create_middle: { 'ticket.agent': { shown: true, required: true } } };
    await call('POST', '/object_manager_attributes', { ...attribute, screens });
    await call('POST', '/object_manager_attributes_execute_migrations', {});
    twin.restart();
    expect(await call('POST', '/tickets', { title: 'x', group: 'Users', customer_id: 1 })).toMatchObject({
      status: 422,
      body: { error: "Missing required value for field 'session_action'!" },
    });
  });

  test('without the permission the endpoints say so', async () => {
    await bare();
    expect(await call('GET', '/object_manager_attributes', undefined, 'Token token=poor')).toMatchObject({
      status: 403,
      body: { error: 'Not authorized (token)!' },
    });
    const agent = `Token token=${SANDBOX_AGENT_TOKEN}`;
    for (const path of ['/webhooks', '/triggers', '/groups', '/tag_list', '/version'])
      expect((await call('GET', path, undefined, agent)).status).toBe(403);
    expect((await call('GET', '/macros', undefined, agent)).status).toBe(200);
    expect((await call('PUT', '/macros/0', {}, agent)).status).toBe(403);
    expect((await call('PUT', '/macros/0', {})).status).toBe(404);
  });

  test('7 masks what is secret and has a method; 6.4 has neither', async () => {
    const webhook = {
      name: 'x',
      endpoint: 'https://x.example',
      http_method: 'post',
      signature_token: 's3cr3t',
      active: true,
    };
    await bare();
    const masked = { http_method: 'post', signature_token: '**********' };
    expect((await call('POST', '/webhooks', webhook)).body).toMatchObject(masked);
    await call('PUT', `/webhooks/1`, { signature_token: '**********' });
    expect(twin.admin.list('webhooks')[0]?.values['signature_token']).toBe('s3cr3t');
    expect((await call('GET', '/version')).body).toEqual({ version: '7.1.0' });
    await bare('6.4.1');
    const { body } = await call('POST', '/webhooks', webhook);
    expect(body).toMatchObject({ signature_token: 's3cr3t' });
    expect(body).not.toHaveProperty('http_method');
  });

  test('a trigger has a name of its own and a condition of known columns', async () => {
    await bare();
    const trigger = {
      name: 't',
      activator: 'action',
      execution_condition_mode: 'selective',
      active: true,
      condition: {},
    };
    expect((await call('POST', '/triggers', trigger)).status).toBe(201);
    expect(await call('POST', '/triggers', { ...trigger, name: 'T' })).toMatchObject({
      status: 422,
      body: { error: 'Name has already been taken' },
    });
    const condition = { 'ticket.session_action': { operator: 'is', value: ['x'] } };
    expect((await call('POST', '/triggers', { ...trigger, name: 'u', condition })).status).toBe(422);
  });

  test('a ticket search without expand: ids and assets before 6.5, a list since', async () => {
    const condition = { 'ticket.number': { operator: 'is', value: '53001' } };
    for (const version of ['6.4.1', '6.5.0']) {
      twin = await startZammadTwin({ port: 0, version });
      open.push(twin);
      await call('POST', '/tickets', { title: 'x', group: 'Sessions', customer_id: 1 });
      const { body } = await call('POST', '/tickets/search', { condition });
      if (version === '6.4.1') expect(body).toMatchObject({ tickets: [19], tickets_count: 1 });
      else expect(body).toMatchObject([{ id: 19 }]);
    }
  });
});

describe('groups, merging and deleting', () => {
  test('a ticket in a group without rights cannot be seen', async () => {
    await call('POST', '/tickets', example);
    twin.addsGroup('Lawyers');
    twin.agentChanges(19, { group: 'Lawyers' });
    for (const [method, path, body] of [
      ['GET', '/tickets/19', undefined],
      ['PUT', '/tickets/19', {}],
      ['POST', '/ticket_articles', { ticket_id: 19, body: 'x' }],
    ] as const)
      expect(await call(method, path, body)).toMatchObject({
        status: 403,
        body: { error: 'Not authorized' },
      });
    const condition = { 'ticket.number': { operator: 'is', value: example.number } };
    expect((await call('POST', '/tickets/search?expand=true', { condition })).body).toEqual([]);
    twin.grants('Lawyers');
    expect((await call('GET', '/tickets/19')).status).toBe(200);
  });

  test('merging moves the articles and leaves a child behind', async () => {
    await call('POST', '/tickets', example);
    await call('POST', '/tickets', { ...example, number: '5300002', session_id: '' });
    expect((await call('PUT', '/ticket_merge/19/5300002', {})).status).toBe(200);
    expect(twin.tickets()).toMatchObject([
      { state: 'merged', ownerId: 1 },
      { state: 'open', sessionId: '' },
    ]);
    expect(twin.articles(20)).toHaveLength(2);
    expect((await call('GET', '/links?link_object=Ticket&link_object_value=19')).body).toMatchObject({
      links: [{ link_type: 'parent', link_object: 'Ticket', link_object_value: 20 }],
    });
    expect((await call('GET', '/links?link_object=Ticket&link_object_value=20')).body).toMatchObject({
      links: [{ link_type: 'child', link_object_value: 19 }],
    });
    expect((await call('PUT', `/ticket_merge/20/${example.number}`, {})).status).toBe(422);
  });

  test('a deleted ticket is gone, and its number is free', async () => {
    await call('POST', '/tickets', example);
    twin.deletes(19);
    expect((await call('GET', '/tickets/19')).status).toBe(404);
    expect((await call('POST', '/tickets', example)).body).toMatchObject({ id: 20, number: example.number });
  });
});

describe('the webhook of the agents’ field', () => {
  async function withWebhook(answer?: (nth: number) => number | null) {
    const receiver = await startReceiver(answer);
    open.push(receiver);
    const hooked = await startZammadTwin({
      port: 0,
      webhook: { url: receiver.url, secret: 's3cr3t-t0k3n' },
      retryScale: 0.0001,
    });
    open.push(hooked);
    twin = hooked;
    await call('POST', '/tickets', { ...example, session_id: 'a<b>&c' });
    return { hooked, receiver };
  }

  test('is signed over its raw bytes', async () => {
    const { hooked, receiver } = await withWebhook();
    hooked.agentSets(19, 'cancel');
    await hooked.webhooksIdle();
    const [request] = receiver.received;
    const body = request?.body ?? Buffer.alloc(0);
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Zammad User Agent',
      accept: '*/*',
      'x-zammad-trigger': 'session action -> workflow',
      'x-hub-signature': `sha1=${createHmac('sha1', 's3cr3t-t0k3n').update(body).digest('hex')}`,
    });
    expect(body.toString()).toContain('a\\u003cb\\u003e\\u0026c');
    expect(JSON.parse(body.toString())).toEqual({ ticket_id: '19', session_id: 'a<b>&c' });
  });

  test('is tried five times in all, whatever the status, under one delivery id', async () => {
    const { hooked, receiver } = await withWebhook((nth) =>
      nth === 4 ? null : ([401, 302, 500, 0, 404][nth - 1] ?? 200),
    );
    hooked.agentSets(19, 'cancel');
    await hooked.webhooksIdle();
    expect(hooked.deliveries()).toMatchObject([{ attempts: [401, 302, 500, null, 404] }]);
    expect(new Set(receiver.received.map((request) => request.headers['x-zammad-delivery'])).size).toBe(1);
  });

  test('is rendered anew at each attempt', async () => {
    const { hooked, receiver } = await withWebhook((nth) => {
      if (nth === 1) twin.agentSets(19, '');
      return nth === 1 ? 500 : 200;
    });
    const payload = JSON.stringify({ action: '#{ticket.session_action}' });
    hooked.admin.change('webhooks', 2, { custom_payload: payload });
    hooked.agentSets(19, 'cancel');
    await hooked.webhooksIdle();
    const actions = receiver.received.map(
      (request) => (JSON.parse(request.body.toString()) as { action: string }).action,
    );
    expect(actions).toEqual(['cancel', '']);
  });

  test('an agent’s own request fires it: by the choice, by a change of who it is of, by an article', async () => {
    const { hooked, receiver } = await withWebhook();
    const agent = `Token token=${SANDBOX_AGENT_TOKEN}`;
    const fired = async () => {
      await hooked.webhooksIdle();
      return receiver.received.length;
    };
    await call('PUT', '/tickets/19', { priority: '3 high' }, agent);
    expect(await fired()).toBe(0);
    await call('PUT', '/tickets/19', { session_action: 'approve_change' }, agent);
    expect(await fired()).toBe(1);
    await call('PUT', '/tickets/19', { priority: '2 normal' }, agent);
    expect(await fired()).toBe(1);
    await call('POST', '/ticket_articles', { ticket_id: 19, body: 'Called her.' }, agent);
    expect(await fired()).toBe(2);
    expect(hooked.tickets()).toMatchObject([{ updatedById: 4, sessionAction: 'approve_change' }]);
  });

  test('our own clearing of the field does not fire it, nor does what is written while a choice stands', async () => {
    const { hooked, receiver } = await withWebhook();
    hooked.agentSets(19, 'cancel');
    await call('PUT', '/tickets/19', { session_rev: 2, article: { body: 'A reminder.' } });
    await call('PUT', '/tickets/19', { session_action: '', article: { body: 'Cancelled.' } });
    await call('POST', '/ticket_articles', { ticket_id: 19, body: 'A note.' });
    await hooked.webhooksIdle();
    expect(receiver.received).toHaveLength(1);
  });

  test('without a payload of ours it has Zammad’s own: relations as objects, the state as a word', async () => {
    const { hooked, receiver } = await withWebhook();
    hooked.admin.change('webhooks', 2, { customized_payload: false });
    hooked.agentSets(19, 'cancel');
    await hooked.webhooksIdle();
    expect(JSON.parse(receiver.received[0]?.body.toString() ?? '')).toMatchObject({
      ticket: {
        id: 19,
        session_action: 'cancel',
        state: 'open',
        owner: { id: 1 },
        updated_by: { login: 'agent@sandbox.example' },
      },
      article: {},
    });
  });

  test('does not fire for what the API user writes', async () => {
    const { hooked, receiver } = await withWebhook();
    await call('PUT', '/tickets/19', { session_action: 'cancel' });
    await hooked.webhooksIdle();
    expect(receiver.received).toEqual([]);
  });
});

test('the page shows tickets with their articles and says that it is a sandbox', async () => {
  await call('POST', '/tickets', {
    ...example,
    article: {
      type: 'email',
      to: 'zoe@example.com',
      body: '<p><a href="https://gw.example/customer/s/abc?a=1&amp;b=2">open</a></p>',
      content_type: 'text/html',
    },
  });
  const page = await (await fetch(`${twin.url}/`)).text();
  expect(page).toContain('Sandbox: stands in for Zammad.');
  expect(page).toContain('5390017264518823');
  expect(page).toContain('<a href="https://gw.example/customer/s/abc?a=1&amp;b=2">');
  await call('POST', '/tickets', { ...example, number: '5300002', session_action: 'resend_link' });
  const both = await (await fetch(`${twin.url}/__sandbox`)).text();
  expect(both.match(/<form method="post" action="\/sandbox\/action">/g)).toHaveLength(2);
  expect(both).toContain('<option selected>resend_link</option>');
  const form = new URLSearchParams({ ticket_id: '19', action: 'cancel' });
  await fetch(`${twin.url}/sandbox/action`, { method: 'POST', body: form, redirect: 'manual' });
  expect(twin.tickets()).toMatchObject([{ sessionAction: 'cancel' }, { sessionAction: 'resend_link' }]);
});

test('the page’s other forms do what agents and admins do by hand', async () => {
  twin = await startZammadTwin({ port: 0, bare: true });
  open.push(twin);
  const submit = (what: string, fields: Record<string, string> = {}) =>
    fetch(`${twin.url}/sandbox/${what}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'manual',
    });
  twin.addsGroup('Sessions');
  const page = async () => (await fetch(`${twin.url}/__sandbox`)).text();
  expect(await page()).toContain('Give the API user all rights on Sessions');
  await submit('grant', { group: 'Sessions' });
  expect(await page()).not.toContain('Give the API user all rights on');
  await call('POST', '/object_manager_attributes', { object: 'Ticket', name: 'vat', data_type: 'input' });
  await call('POST', '/object_manager_attributes_execute_migrations', {});
  await submit('restart');
  expect(await page()).toContain(
    '>vat</td><td data-column="type">input</td><td data-column="in the database">true</td><td data-column="known since the restart">true</td>',
  );
  for (const number of ['53001', '53002', '53003']) await call('POST', '/tickets', { ...example, number });
  await submit('close', { ticket_id: '19' });
  await submit('merge', { ticket_id: '20', number: '53001' });
  await submit('delete', { ticket_id: '21' });
  expect(twin.tickets()).toMatchObject([{ state: 'closed' }, { state: 'merged' }]);
  expect((await submit('explode')).status).toBe(404);
});
