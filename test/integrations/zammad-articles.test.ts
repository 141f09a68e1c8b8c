import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createZammadClient } from '../../integrations/zammad/client.ts';
import type {
  Ticket,
  TicketArticle,
  ZammadArticles,
  ZammadClient,
} from '../../integrations/zammad/contract.ts';
import { startZammadTwin, type ZammadTwin } from '../../integrations/zammad/twin.ts';
import { codeOf, failureOf } from './failure-of.ts';

const START = Date.parse('2026-11-21T10:00:00Z');
let twin: ZammadTwin;
let client: ZammadClient & ZammadArticles;
let ticket: Ticket;
let now: number;

beforeEach(async () => {
  now = START;
  twin = await startZammadTwin({ port: 0, now: () => now, tokens: { poor: 'no-permission' } });
  client = clientWith(twin.token);
  ticket = await client.openTicket({
    title: 'Session / order 1',
    number: '53123456789012345678',
    customerId: 3,
    sessionId: 'session-key-0',
    sessionStatus: 'opening',
    sessionRev: 7,
    tags: [],
    article: { subject: 'Paid', body: '<p>Paid.</p>', mailTo: null, internal: true },
  });
});
afterEach(() => twin.close());

const clientWith = (token: string) =>
  createZammadClient({ baseUrl: twin.url, token, group: twin.group, timeoutMs: 2000 });

const mail = (more: Partial<TicketArticle> = {}): TicketArticle => ({
  subject: 'Your code to log in',
  body: '<p><strong>123456</strong></p>',
  mailTo: 'zoe@example.com',
  internal: true,
  ...more,
});

async function remove(id: number): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${twin.url}/api/v1/ticket_articles/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Token token=${twin.token}`, accept: 'application/json' },
  });
  return { status: response.status, body: await response.json() };
}

describe('an article of its own', () => {
  test('is a mail that stays internal, and changes nothing else of the ticket', async () => {
    const id = await client.addArticle(ticket.id, mail());
    expect(twin.articles(ticket.id).at(-1)).toMatchObject({
      id,
      type: 'email',
      internal: true,
      to: 'zoe@example.com',
      body: '<p><strong>123456</strong></p>',
    });
    expect(await client.getTicket(ticket.id)).toEqual(ticket);
    expect(twin.mails().map((one) => one.id)).toEqual([id]);
  });

  test('of an unknown ticket, or to no address, fails', async () => {
    expect(await codeOf(client.addArticle(99_999, mail()))).toBe('vendor-not-found');
    expect(await codeOf(client.addArticle(ticket.id, mail({ mailTo: 'zoe' })))).toBe('vendor-rejected');
    expect(twin.mails()).toEqual([]);
  });
});

describe('deleting it', () => {
  test('takes it from the ticket; the mail has left', async () => {
    const id = await client.addArticle(ticket.id, mail());
    await client.deleteArticle(id);
    expect(twin.articles(ticket.id).map((one) => one.subject)).toEqual(['Paid']);
    expect(twin.mails().map((one) => one.id)).toEqual([id]);
  });

  test('twice is no failure, and an id is never given again', async () => {
    const id = await client.addArticle(ticket.id, mail());
    await client.deleteArticle(id);
    await client.deleteArticle(id);
    expect(await client.addArticle(ticket.id, mail())).toBeGreaterThan(id);
  });

  test.each([
    ['of a mail that is not internal', { internal: false }, 0, 'communication articles cannot be deleted'],
    ['after ten minutes', {}, 600_000, 'note is too old to be deleted'],
  ])('%s is refused', async (_name, more, later, why) => {
    const id = await client.addArticle(ticket.id, mail(more));
    now = START + later;
    expect(await codeOf(client.deleteArticle(id))).toBe('vendor-forbidden');
    const error = `Not authorized (${why})!`;
    expect(await remove(id)).toEqual({ status: 403, body: { error, error_human: error } });
    expect(twin.articles(ticket.id)).toHaveLength(2);
  });

  test('is allowed until just before, and a note of ours as well', async () => {
    const id = await client.addArticle(ticket.id, mail());
    const note = await client.addArticle(ticket.id, mail({ mailTo: null }));
    now = START + 599_999;
    expect(await remove(id)).toEqual({ status: 200, body: {} });
    expect(await remove(note)).toEqual({ status: 200, body: {} });
    expect(await remove(id)).toMatchObject({
      status: 404,
      body: { error: `Couldn't find Ticket::Article with 'id'=${id}` },
    });
  });

  test('without the permission fails', async () => {
    const id = await client.addArticle(ticket.id, mail());
    expect(await codeOf(clientWith('poor').deleteArticle(id))).toBe('vendor-forbidden');
  });

  test('a 404 of something in between is not taken for an answer of Zammad’s', async () => {
    const client404 = createZammadClient({
      baseUrl: twin.url,
      token: twin.token,
      group: twin.group,
      timeoutMs: 2000,
      fetch: async () => new Response('<h1>Not found</h1>', { status: 404 }),
    });
    expect((await failureOf(client404.deleteArticle(30))).code).toBe('vendor-malformed');
  });

  test.each([
    [503, 'vendor-unavailable'],
    [429, 'vendor-rate-limited'],
    [401, 'vendor-unauthorized'],
  ] as const)('%d is %s', async (status, code) => {
    const id = await client.addArticle(ticket.id, mail());
    twin.faults.set({ kind: 'status', status });
    expect(await codeOf(client.deleteArticle(id))).toBe(code);
  });
});
