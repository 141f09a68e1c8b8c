import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createZammadClient } from '../../integrations/zammad/client.ts';
import type { NewTicket, TicketChange, ZammadClient } from '../../integrations/zammad/contract.ts';
import { startZammadTwin, type ZammadTwin } from '../../integrations/zammad/twin.ts';
import type { FailureCode } from '../../platform/failures.ts';
import type { VendorCall } from '../../platform/http-client.ts';
import { codeOf } from './failure-of.ts';

let twin: ZammadTwin;
let client: ZammadClient;
let calls: VendorCall[];

beforeEach(async () => {
  calls = [];
  twin = await startZammadTwin({
    port: 0,
    tokens: { poor: 'no-permission', old: 'expired', asleep: 'inactive' },
  });
  client = clientOf();
});
afterEach(() => twin.close());

function clientOf(more: Partial<Parameters<typeof createZammadClient>[0]> = {}): ZammadClient {
  return createZammadClient({
    baseUrl: twin.url,
    token: twin.token,
    group: twin.group,
    timeoutMs: 2000,
    onCall: (call) => calls.push(call),
    ...more,
  });
}

const person = { email: 'Zoe.Mueller@example.com', firstName: 'Zoë', lastName: 'Müller' };

const newTicket = (more: Partial<NewTicket> = {}): NewTicket => ({
  title: 'Session / order 1',
  number: '53123456789012345678',
  customerId: 1,
  sessionId: 'session-key-0',
  sessionStatus: 'opening',
  sessionRev: 1_795_257_987,
  tags: ['saleor', 'session'],
  article: { subject: 'Session paid', body: '<p>Paid.</p>', mailTo: null, internal: true },
  ...more,
});

const change = (more: Partial<TicketChange> = {}): TicketChange => ({
  sessionRev: 1_795_257_990,
  sessionStatus: 'scheduled',
  state: 'open',
  clearAction: false,
  article: { subject: 'Booked', body: '<p>Booked.</p>', mailTo: 'zoe@example.com', internal: false },
  ...more,
});

describe('opening a ticket', () => {
  test('creates it with its number, field values, tags and first article', async () => {
    const customerId = await client.findOrCreateCustomer(person);
    const ticket = await client.openTicket(newTicket({ customerId }));
    expect(ticket).toEqual({
      id: ticket.id,
      number: '53123456789012345678',
      sessionId: 'session-key-0',
      sessionRev: 1_795_257_987,
      sessionAction: '',
      updatedAt: Date.parse(twin.tickets()[0]?.updatedAt ?? ''),
      state: 'open',
      customerId,
    });
    expect(twin.tickets()).toMatchObject([
      {
        title: 'Session / order 1',
        group: 'Sessions',
        sessionStatus: 'opening',
        tags: ['saleor', 'session'],
      },
    ]);
    expect(twin.articles(ticket.id)).toMatchObject([
      { type: 'note', internal: true, subject: 'Session paid', contentType: 'text/html' },
    ]);
    expect(twin.mails()).toEqual([]);
  });

  test('twice is one ticket', async () => {
    const first = await client.openTicket(newTicket());
    expect(await client.openTicket(newTicket())).toEqual(first);
    expect(twin.tickets()).toHaveLength(1);
  });

  test('ten times at once is one ticket, by its number', async () => {
    const tickets = await Promise.all(Array.from({ length: 10 }, () => client.openTicket(newTicket())));
    expect(new Set(tickets.map((ticket) => ticket.id)).size).toBe(1);
    expect(twin.tickets()).toHaveLength(1);
    expect(twin.articles(tickets[0]?.id ?? 0)).toHaveLength(1);
  });

  test('that was made although the connection broke is found again', async () => {
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'POST', path: '/tickets$' });
    expect(await codeOf(client.openTicket(newTicket()))).toBe('vendor-unreachable');
    const ticket = await client.openTicket(newTicket());
    expect(ticket.sessionId).toBe('session-key-0');
    expect(twin.tickets()).toHaveLength(1);
  });

  test("under a stranger's number is a conflict, and nothing is adopted", async () => {
    await client.openTicket(newTicket({ sessionId: 'another' }));
    expect(await codeOf(client.openTicket(newTicket()))).toBe('vendor-conflict');
    expect((await client.openTicket(newTicket({ number: '53000000000000000001' }))).sessionId).toBe(
      'session-key-0',
    );
    expect(twin.tickets()).toHaveLength(2);
  });

  test('at a Zammad that drops our fields until its restart is noticed, and goes on in the same ticket', async () => {
    const dropping = clientOf({
      async fetch(url, init) {
        const body =
          typeof init.body === 'string'
            ? init.body.replace(/"session_(id|rev|status|action)":[^,]+,/g, '')
            : null;
        return fetch(url, url.pathname.endsWith('search') ? init : { ...init, body });
      },
    });
    const customerId = await client.findOrCreateCustomer(person);
    for (let attempt = 0; attempt < 2; attempt += 1)
      expect(await codeOf(dropping.openTicket(newTicket({ customerId })))).toBe('not-configured');
    const ticket = await client.openTicket(newTicket({ customerId }));
    expect(twin.tickets()).toMatchObject([
      { id: ticket.id, sessionId: 'session-key-0', sessionStatus: 'opening' },
    ]);
  });

  test('under the number of a ticket that somebody else has is still a conflict', async () => {
    await client.openTicket(newTicket({ sessionId: '', customerId: 3 }));
    expect(await codeOf(client.openTicket(newTicket()))).toBe('vendor-conflict');
  });

  test('at a Zammad that ignores the number is noticed', async () => {
    const ignoring = clientOf({
      async fetch(url, init) {
        const body = typeof init.body === 'string' ? init.body.replace(/"number":"[^"]+",/, '') : null;
        return fetch(url, { ...init, body });
      },
    });
    expect(await codeOf(ignoring.openTicket(newTicket()))).toBe('vendor-rejected');
  });
});

describe('finding a ticket', () => {
  test('compares each hit: an ignored condition finds nothing', async () => {
    await client.openTicket(newTicket());
    expect(await client.findTicket('')).toBeUndefined();
    expect(await client.findTicket('other')).toBeUndefined();
    expect(await client.findTicket('session-key-0')).toMatchObject({ number: '53123456789012345678' });
  });

  test('by an unknown id is not found', async () => {
    expect(await codeOf(client.getTicket(99999))).toBe('vendor-not-found');
  });
});

describe('changing a ticket', () => {
  test('writes fields and article in one PUT, a mail as a mail', async () => {
    const { id } = await client.openTicket(newTicket());
    const ticket = await client.changeTicket(id, change());
    expect(ticket).toMatchObject({ id, sessionRev: 1_795_257_990, state: 'open' });
    expect(twin.tickets()).toMatchObject([{ sessionStatus: 'scheduled' }]);
    expect(twin.mails()).toMatchObject([
      { ticketId: id, to: 'zoe@example.com', subject: 'Booked', internal: false },
    ]);
  });

  test('an internal mail is still a mail', async () => {
    const { id } = await client.openTicket(newTicket());
    await client.changeTicket(
      id,
      change({ article: { subject: 'Link', body: '<p>x</p>', mailTo: 'zoe@example.com', internal: true } }),
    );
    expect(twin.mails()).toMatchObject([{ internal: true }]);
  });

  test('repeated writes nothing', async () => {
    const { id } = await client.openTicket(newTicket());
    await client.changeTicket(id, change());
    await client.changeTicket(id, change());
    await client.changeTicket(id, change({ sessionRev: 1 }));
    expect(twin.articles(id)).toHaveLength(2);
  });

  test('whose answer was lost is not written twice', async () => {
    const { id } = await client.openTicket(newTicket());
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'PUT' });
    expect(await codeOf(client.changeTicket(id, change()))).toBe('vendor-unreachable');
    await client.changeTicket(id, change());
    expect(twin.mails()).toHaveLength(1);
  });

  test('clears the action only when it is told to', async () => {
    const { id } = await client.openTicket(newTicket());
    twin.agentSets(id, 'cancel');
    expect((await client.changeTicket(id, change())).sessionAction).toBe('cancel');
    expect(
      (await client.changeTicket(id, change({ sessionRev: 1_795_257_991, clearAction: true }))).sessionAction,
    ).toBe('');
  });

  test('pending needs a time, which goes when pending is left', async () => {
    const { id } = await client.openTicket(newTicket());
    const pending = change({ state: 'pending reminder', sessionRev: 2_000_000_000 });
    expect(await codeOf(client.changeTicket(id, pending))).toBe('vendor-rejected');
    expect(twin.articles(id)).toHaveLength(1);
    await client.changeTicket(id, { ...pending, pendingTime: '2027-01-01T10:00:00Z' });
    expect(twin.tickets()).toMatchObject([
      { state: 'pending reminder', pendingTime: '2027-01-01T10:00:00.000Z' },
    ]);
    await client.changeTicket(id, change({ state: 'closed', sessionRev: 2_000_000_001 }));
    expect(twin.tickets()).toMatchObject([{ state: 'closed', pendingTime: null }]);
  });
});

describe('the customer', () => {
  test('is made once, whatever the case of the address', async () => {
    const id = await client.findOrCreateCustomer(person);
    expect(await client.findOrCreateCustomer({ ...person, email: 'zoe.mueller@EXAMPLE.com ' })).toBe(id);
    expect(twin.users().filter((user) => user.email === 'zoe.mueller@example.com')).toHaveLength(1);
  });

  test('is not taken for one whose address contains theirs', async () => {
    const other = await client.findOrCreateCustomer({ ...person, email: 'big-zoe@example.com' });
    expect(await client.findOrCreateCustomer({ ...person, email: 'zoe@example.com' })).not.toBe(other);
  });

  test('made although the connection broke is found again', async () => {
    twin.faults.set({ kind: 'commit-then-hang-up', method: 'POST', path: '/users$' });
    expect(await codeOf(client.findOrCreateCustomer(person))).toBe('vendor-unreachable');
    await client.findOrCreateCustomer(person);
    expect(twin.users().filter((user) => user.email === 'zoe.mueller@example.com')).toHaveLength(1);
  });

  test('that exists but is not in the search yet is tried again later', async () => {
    await client.findOrCreateCustomer(person);
    const lagging = clientOf({
      fetch: async (url, init) =>
        url.pathname.endsWith('/users/search') ? new Response('[]') : fetch(url, init),
    });
    expect(await codeOf(lagging.findOrCreateCustomer(person))).toBe('vendor-unavailable');
  });

  test('their address is in no URL and in no error', async () => {
    const urls: string[] = [];
    const watched = clientOf({
      async fetch(url, init) {
        urls.push(String(url));
        return fetch(url, init);
      },
    });
    await watched.findOrCreateCustomer(person);
    const failure = await watched
      .findOrCreateCustomer({ ...person, email: 'no-address' })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'vendor-rejected' });
    const written = urls.join() + String(failure) + JSON.stringify(failure) + JSON.stringify(calls);
    expect(written).not.toMatch(/mueller|no-address/i);
  });
});

describe('failures', () => {
  test.each<[string, Parameters<ZammadTwin['faults']['set']>[0], FailureCode]>([
    ['500', { kind: 'status', status: 500 }, 'vendor-unavailable'],
    ['502', { kind: 'status', status: 502 }, 'vendor-unavailable'],
    ['401', { kind: 'status', status: 401 }, 'vendor-unauthorized'],
    ['403', { kind: 'status', status: 403 }, 'ticket-out-of-reach'],
    ['404', { kind: 'status', status: 404 }, 'vendor-not-found'],
    ['422', { kind: 'status', status: 422 }, 'vendor-rejected'],
    ['429', { kind: 'status', status: 429, headers: { 'retry-after': '3' } }, 'vendor-rate-limited'],
    ['a dropped connection', { kind: 'drop' }, 'vendor-unreachable'],
    ['no JSON', { kind: 'malformed' }, 'vendor-malformed'],
  ])('%s', async (_what, fault, code) => {
    const { id } = await client.openTicket(newTicket());
    twin.faults.set(fault);
    const failure = await client.getTicket(id).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code,
      ...(code === 'vendor-rate-limited' ? { retryAfterMs: 3000 } : {}),
    });
    expect(await codeOf(client.getTicket(id))).toBeUndefined();
  });

  test.each<[string, FailureCode]>([
    ['unknown', 'vendor-unauthorized'],
    ['old', 'vendor-unauthorized'],
    ['asleep', 'vendor-unauthorized'],
    ['poor', 'vendor-forbidden'],
  ])('the token "%s"', async (token, code) => {
    const failure = await clientOf({ token })
      .getTicket(1)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, retryable: false });
    expect(String(failure)).not.toContain(token);
  });

  test.each<[number, string, FailureCode]>([
    [403, 'Authentication required', 'vendor-unauthorized'],
    [403, 'Maintenance mode enabled!', 'vendor-unavailable'],
    [403, 'Not authorized', 'ticket-out-of-reach'],
    [422, 'This object already exists.', 'vendor-conflict'],
    [422, 'Object already exists!', 'vendor-conflict'],
    [422, "Group can't be blank", 'vendor-rejected'],
    [422, 'Error ID Ab3dEf9h: Please contact your administrator.', 'vendor-rejected'],
    [500, 'Error ID Ab3dEf9h: Please contact your administrator.', 'vendor-unavailable'],
  ])('%d %s', async (status, error, code) => {
    const odd = clientOf({
      fetch: async () => new Response(JSON.stringify({ error, error_human: error }), { status }),
    });
    expect(await codeOf(odd.getTicket(1))).toBe(code);
  });

  test('a time-out', async () => {
    twin.faults.set({ kind: 'delay', delayMs: 1000 });
    expect(await codeOf(clientOf({ timeoutMs: 50 }).getTicket(1))).toBe('vendor-timeout');
  });

  test('a Zammad that is not there', async () => {
    const lonely = clientOf();
    await twin.close();
    expect(await codeOf(lonely.getTicket(1))).toBe('vendor-unreachable');
    twin = await startZammadTwin({ port: 0 });
  });
});

describe('tickets in which somebody chose something', () => {
  const touch = (id: number, session_action: string) => twin.agentChanges(id, { session_action });

  test('are listed, those first that were touched last', async () => {
    const ids: number[] = [];
    for (const unit of ['1', '2', '3'])
      ids.push((await client.openTicket(newTicket({ sessionId: unit, number: `5300${unit}` }))).id);
    const [first = 0, second = 0] = ids;
    touch(second, 'resend_link');
    await new Promise((resolve) => setTimeout(resolve, 2));
    touch(first, 'cancel');
    expect(await client.listChosen()).toMatchObject([
      { id: first, sessionAction: 'cancel' },
      { id: second, sessionAction: 'resend_link' },
    ]);
  });

  test('where Zammad does not know the field, that is a failure and not an empty list', async () => {
    const bare = await startZammadTwin({ port: 0, bare: true });
    try {
      expect(await codeOf(clientOf({ baseUrl: bare.url }).listChosen())).toBe('vendor-rejected');
    } finally {
      await bare.close();
    }
  });
});

describe('a ticket that was merged', () => {
  test('is not found, not written, not adopted by its number, and tells where it went', async () => {
    const { id } = await client.openTicket(newTicket());
    const into = await client.openTicket(newTicket({ sessionId: '', number: '53000002' }));
    twin.agentMerges(id, into.number);
    expect(await client.findTicket('session-key-0')).toBeUndefined();
    expect(await client.changeTicket(id, change())).toMatchObject({
      state: 'merged',
      sessionRev: 1_795_257_987,
    });
    expect(await codeOf(client.openTicket(newTicket()))).toBe('vendor-conflict');
    expect(await client.mergedInto(id)).toEqual([into.id]);
    expect(await client.mergedInto(into.id)).toEqual([]);
  });

  test('two tickets are linked, and once more does no harm', async () => {
    const one = await client.openTicket(newTicket());
    const other = await client.openTicket(newTicket({ sessionId: 'b', number: '53000002' }));
    await client.linkTickets(one.number, other.id);
    await client.linkTickets(one.number, other.id);
    await client.linkTickets('53999', other.id);
    expect(await client.mergedInto(other.id)).toEqual([]);
  });
});
