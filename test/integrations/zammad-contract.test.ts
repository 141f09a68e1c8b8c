import { randomInt } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { createZammadClient } from '../../integrations/zammad/client.ts';
import type { NewTicket, TicketArticle } from '../../integrations/zammad/contract.ts';
import { startZammadTwin } from '../../integrations/zammad/twin.ts';
import { createHttpClient } from '../../platform/http-client.ts';
import { holdContract, MARKER, type Subject } from './contract-subject.ts';
import { codeOf } from './failure-of.ts';

interface OpenZammad extends Subject {
  readonly baseUrl: string;
  readonly token: string;
  readonly group: string;
}

const clientOf = (zammad: Omit<OpenZammad, 'close'>) => createZammadClient({ ...zammad, timeoutMs: 20_000 });

const SESSIONS = [`${MARKER}-1`, `${MARKER}-2`] as const;
// Nobody's: every article is an internal note, and no mail leaves.
const PERSON = { email: `${MARKER}@example.com`, firstName: 'Latchkey', lastName: 'Contract' };
const note = (body: string): TicketArticle => ({ subject: 'Contract', body, mailTo: null, internal: true });
const anyNumber = (): string => `9${Array.from({ length: 17 }, () => randomInt(10)).join('')}`;

const ticketOf = (sessionId: string, customerId: number, number = anyNumber()): NewTicket => ({
  title: 'Latchkey contract',
  number,
  customerId,
  sessionId,
  sessionStatus: 'awaiting-booking',
  sessionRev: 1,
  tags: [MARKER],
  article: note('Made by a test of the contract; it may be deleted.'),
});

holdContract({
  vendor: 'Zammad',
  needs: ['ZAMMAD_URL', 'ZAMMAD_TOKEN', 'ZAMMAD_GROUP'],
  async twin(): Promise<OpenZammad> {
    const twin = await startZammadTwin({ port: 0 });
    return { baseUrl: twin.url, token: twin.token, group: twin.group, close: () => twin.close() };
  },
  real: async (values) => ({
    baseUrl: values.ZAMMAD_URL,
    token: values.ZAMMAD_TOKEN,
    group: values.ZAMMAD_GROUP,
    close: async () => undefined,
  }),
  /** Only admins may delete a ticket: it is closed, and its session's id taken from it, so that nobody finds it again. */
  async clean(opened) {
    const client = clientOf(opened);
    const http = createHttpClient({
      vendor: 'zammad',
      baseUrl: opened.baseUrl,
      headers: { authorization: `Token token=${opened.token}` },
      timeoutMs: 20_000,
    });
    let cleaned = 0;
    for (const sessionId of SESSIONS) {
      for (let held = await client.findTicket(sessionId); held; held = await client.findTicket(sessionId)) {
        const path = `/api/v1/tickets/${held.id}`;
        await http.request({
          method: 'PUT',
          path,
          body: { state: 'closed', session_id: '' },
          schema: z.unknown(),
        });
        await http.request({ method: 'DELETE', path, schema: z.unknown() }).catch(() => undefined);
        cleaned += 1;
      }
    }
    return cleaned;
  },
  suite(opened) {
    const customer = () => clientOf(opened()).findOrCreateCustomer(PERSON);

    test('a token that is none is refused', async () => {
      const client = clientOf({ ...opened(), token: 'no-token' });
      expect(await codeOf(client.findTicket(SESSIONS[0]))).toBe('vendor-unauthorized');
    });

    test('a customer is made once', async () => {
      const id = await customer();
      expect(await customer()).toBe(id);
      const shouted = { ...PERSON, email: PERSON.email.toUpperCase() };
      expect(await clientOf(opened()).findOrCreateCustomer(shouted)).toBe(id);
    });

    test('a ticket is made once, under our number, and found by its session', async () => {
      const client = clientOf(opened());
      const wanted = ticketOf(SESSIONS[0], await customer());
      expect(await client.findTicket(SESSIONS[0])).toBeUndefined();
      const made = await client.openTicket(wanted);
      expect(made).toMatchObject({
        number: wanted.number,
        sessionId: SESSIONS[0],
        sessionRev: 1,
        sessionAction: '',
        state: 'open',
        customerId: wanted.customerId,
      });
      expect((await client.openTicket(wanted)).id).toBe(made.id);
      expect((await client.findTicket(SESSIONS[0]))?.id).toBe(made.id);
      expect((await client.getTicket(made.id)).number).toBe(wanted.number);
      const stranger = ticketOf(SESSIONS[1], wanted.customerId, wanted.number);
      expect(await codeOf(client.openTicket(stranger))).toBe('vendor-conflict');
    });

    test('a change is made once, with its note', async () => {
      const client = clientOf(opened());
      const { id } = await client.openTicket(ticketOf(SESSIONS[0], await customer()));
      const articles = (await client.listArticles(id)).length;
      const change = {
        sessionRev: 2,
        sessionStatus: 'ended',
        state: 'closed',
        clearAction: true,
        article: note('Closed.'),
      } as const;
      for (const _ of [1, 2])
        expect(await client.changeTicket(id, change)).toMatchObject({ sessionRev: 2, state: 'closed' });
      expect(await client.listArticles(id)).toHaveLength(articles + 1);
    });

    test('a note is added and deleted, and one that is gone counts as deleted', async () => {
      const client = clientOf(opened());
      const { id } = await client.openTicket(ticketOf(SESSIONS[0], await customer()));
      const article = await client.addArticle(id, note('For a moment.'));
      expect(await client.listArticles(id)).toContain(article);
      await client.deleteArticle(article);
      await client.deleteArticle(article);
      expect(await client.listArticles(id)).not.toContain(article);
    });

    test('a ticket that is none is not found', async () => {
      expect(await codeOf(clientOf(opened()).getTicket(2_000_000_000))).toBe('vendor-not-found');
    });
  },
});
