import { z } from 'zod';
import { CodedFailure } from '../../platform/failures.ts';
import { createHttpClient, VendorFailure, type Fetch, type VendorCall } from '../../platform/http-client.ts';
import type { Admission } from '../../platform/vendor-pace/admission.ts';
import type { TakeOver, Ticket, TicketArticle, ZammadArticles, ZammadClient } from './contract.ts';
import { actionNames } from './setup-wanted.ts';
import {
  classify,
  classifyOfTicket,
  isMerged,
  linksSchema,
  ticketListSchema,
  ticketSchema,
  userListSchema,
  userSchema,
} from './wire.ts';

export interface ZammadClientOptions {
  /** Without `/api/v1`. */
  readonly baseUrl: string;
  /** An API token with `ticket.agent` and the rights create, change and read on the group. */
  readonly token: string;
  /** The name of the group that gets the tickets. */
  readonly group: string;
  /** Per request, in milliseconds. */
  readonly timeoutMs: number;
  readonly onCall?: (call: VendorCall) => void;
  /** Stands before each request. */
  readonly admission?: Admission;
  readonly fetch?: Fetch;
}

function articleOf(article: TicketArticle): Record<string, unknown> {
  const common = {
    subject: article.subject,
    body: article.body,
    content_type: 'text/html',
    sender: 'Agent',
    internal: article.internal,
  };
  return article.mailTo === null
    ? { ...common, type: 'note', internal: true }
    : { ...common, type: 'email', to: article.mailTo };
}

const articleSchema = z.object({ id: z.number().int() });

function sameAddress(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

/**
 * A ticket that Zammad has answered to a write. Until it is restarted after its set-up it drops our fields without a
 * word, and nobody would find the ticket again.
 */
function keeping(sessionId: string, ticket: Ticket): Ticket {
  if (ticket.sessionId === sessionId) return ticket;
  throw new CodedFailure('not-configured', 'zammad dropped the session fields: set it up, and restart it');
}

/** Speaks to one Zammad as its API user. It never retries; each method may be called again after any failure. */
export function createZammadClient(options: ZammadClientOptions): ZammadClient & ZammadArticles {
  const common = {
    vendor: 'zammad',
    baseUrl: options.baseUrl,
    headers: { authorization: `Token token=${options.token}`, 'content-type': 'application/json' },
    timeoutMs: options.timeoutMs,
    ...(options.onCall ? { onCall: options.onCall } : {}),
    ...(options.admission ? { admission: options.admission } : {}),
    ...(options.fetch ? { fetch: options.fetch } : {}),
  };
  const http = createHttpClient({ ...common, classify: classifyOfTicket });
  // Articles are kept by a policy that says no in the same words.
  const articles = createHttpClient({ ...common, classify });
  const expand = { expand: true };

  /** The database's answer. A condition that Zammad finds invalid is ignored: compare each hit. */
  async function search(attribute: 'session_id' | 'number', value: string): Promise<readonly Ticket[]> {
    const { body } = await http.request({
      method: 'POST',
      path: '/api/v1/tickets/search',
      // A session's ticket, and those that were merged into another.
      query: { ...expand, per_page: 20 },
      body: { condition: { [`ticket.${attribute}`]: { operator: 'is', value } } },
      schema: ticketListSchema,
    });
    return body;
  }

  async function findTicket(sessionId: string): Promise<Ticket | undefined> {
    const hits = await search('session_id', sessionId);
    return hits
      .filter((ticket) => ticket.sessionId === sessionId && !isMerged(ticket))
      .sort((a, b) => a.id - b.id)[0];
  }

  async function getTicket(id: number): Promise<Ticket> {
    const { body } = await http.request({
      method: 'GET',
      path: `/api/v1/tickets/${id}`,
      query: expand,
      schema: ticketSchema,
    });
    return body;
  }

  async function addArticle(ticketId: number, article: TicketArticle): Promise<number> {
    const { body } = await http.request({
      method: 'POST',
      path: '/api/v1/ticket_articles',
      body: { ticket_id: ticketId, ...articleOf(article) },
      schema: articleSchema,
    });
    return body.id;
  }

  async function takeOver(id: number, session: TakeOver): Promise<Ticket> {
    const current = await getTicket(id);
    if (current.sessionId === session.sessionId) return current;
    // Before the fields: a ticket that has them counts as taken over.
    for (const item of session.tags)
      await http.request({
        method: 'POST',
        path: '/api/v1/tags/add',
        body: { item, object: 'Ticket', o_id: id },
        schema: z.unknown(),
      });
    const { body } = await http.request({
      method: 'PUT',
      path: `/api/v1/tickets/${id}`,
      query: expand,
      body: {
        session_id: session.sessionId,
        session_status: session.sessionStatus,
        session_rev: session.sessionRev,
        ...(session.sessionAction === '' ? {} : { session_action: session.sessionAction }),
        article: articleOf(session.article),
      },
      schema: ticketSchema,
    });
    return keeping(session.sessionId, body);
  }

  async function findCustomer(email: string, query = email): Promise<number | undefined> {
    const { body } = await http.request({
      // POST, which Zammad takes as well: an address does not belong into a URL.
      method: 'POST',
      path: '/api/v1/users/search',
      body: { query, limit: 20, expand: true },
      schema: userListSchema,
    });
    return body.filter((user) => sameAddress(user.email, email)).sort((a, b) => a.id - b.id)[0]?.id;
  }

  return {
    findTicket,
    getTicket,

    addArticle,

    async deleteArticle(articleId) {
      await articles.request({
        method: 'DELETE',
        path: `/api/v1/ticket_articles/${articleId}`,
        // A 404 that is not JSON comes from something in between and proves nothing.
        accept: [200, 404],
        schema: z.looseObject({}),
      });
    },

    async listArticles(ticketId) {
      const { body } = await http.request({
        method: 'GET',
        path: `/api/v1/ticket_articles/by_ticket/${ticketId}`,
        schema: z.array(articleSchema),
      });
      return body.map(({ id }) => id);
    },

    async retitleTicket(ticketId, title) {
      await http.request({
        method: 'PUT',
        path: `/api/v1/tickets/${ticketId}`,
        query: expand,
        body: { title },
        schema: ticketSchema,
      });
    },

    async openTicket(ticket) {
      const known = await findTicket(ticket.sessionId);
      if (known) return known;
      try {
        const { body } = await http.request({
          method: 'POST',
          path: '/api/v1/tickets',
          query: expand,
          body: {
            title: ticket.title,
            group: options.group,
            customer_id: ticket.customerId,
            state: 'open',
            priority: '2 normal',
            number: ticket.number,
            tags: ticket.tags.join(','),
            session_id: ticket.sessionId,
            session_status: ticket.sessionStatus,
            session_action: '',
            session_rev: ticket.sessionRev,
            article: articleOf(ticket.article),
          },
          schema: ticketSchema,
        });
        if (body.number !== ticket.number)
          throw new CodedFailure('vendor-rejected', 'zammad ignored the explicit ticket number');
        return keeping(ticket.sessionId, body);
      } catch (error) {
        if (!(error instanceof VendorFailure) || error.code !== 'vendor-conflict') throw error;
        const holder = (await search('number', ticket.number)).find((hit) => hit.number === ticket.number);
        if (!holder || isMerged(holder)) throw error;
        if (holder.sessionId === ticket.sessionId) return holder;
        // Made while Zammad dropped our fields.
        if (holder.sessionId === '' && holder.customerId === ticket.customerId)
          return takeOver(holder.id, { ...ticket, sessionAction: '' });
        throw error;
      }
    },

    async changeTicket(id, change) {
      const current = await getTicket(id);
      if (isMerged(current) || current.sessionRev >= change.sessionRev) return current;
      if (current.state === 'closed' && change.state !== 'closed' && change.reopening)
        await addArticle(id, change.reopening);
      const { body } = await http.request({
        method: 'PUT',
        path: `/api/v1/tickets/${id}`,
        query: expand,
        body: {
          state: change.state,
          ...(change.pendingTime === undefined ? {} : { pending_time: change.pendingTime }),
          session_status: change.sessionStatus,
          session_rev: change.sessionRev,
          ...(change.clearAction ? { session_action: '' } : {}),
          ...(change.priority === undefined ? {} : { priority: change.priority }),
          article: articleOf(change.article),
        },
        schema: ticketSchema,
      });
      return body;
    },

    async mergedInto(id) {
      const { body } = await http.request({
        method: 'GET',
        path: '/api/v1/links',
        query: { link_object: 'Ticket', link_object_value: id },
        schema: linksSchema,
      });
      return body.links
        .filter((link) => link.link_type === 'parent' && link.link_object === 'Ticket')
        .map((link) => link.link_object_value);
    },

    takeOver,

    async linkTickets(number, toId) {
      await http.request({
        method: 'POST',
        path: '/api/v1/links/add',
        body: {
          link_type: 'normal',
          link_object_target: 'Ticket',
          link_object_target_value: toId,
          link_object_source: 'Ticket',
          link_object_source_number: number,
        },
        // 422: they are linked already.
        accept: [200, 201, 422],
        schema: z.unknown(),
      });
    },

    async listChosen() {
      const { body } = await http.request({
        method: 'POST',
        path: '/api/v1/tickets/search',
        query: { ...expand, per_page: 100, sort_by: 'updated_at', order_by: 'desc' },
        body: { condition: { 'ticket.session_action': { operator: 'is', value: actionNames } } },
        schema: ticketListSchema,
      });
      return body.filter(({ sessionAction }) => sessionAction !== '');
    },

    async findOrCreateCustomer(person) {
      const email = person.email.trim();
      const known = await findCustomer(email);
      if (known !== undefined) return known;
      try {
        const { body } = await http.request({
          method: 'POST',
          path: '/api/v1/users',
          body: {
            firstname: person.firstName,
            lastname: person.lastName,
            email,
            roles: ['Customer'],
          },
          schema: userSchema,
        });
        return body.id;
      } catch (error) {
        if (!(error instanceof VendorFailure) || error.code !== 'vendor-conflict') throw error;
        // As a phrase: signs such as `+` are operators to Elasticsearch.
        const late = await findCustomer(email, `"${email}"`);
        if (late !== undefined) return late;
        throw new CodedFailure(
          'vendor-unavailable',
          'zammad holds the address, but its search does not show it yet',
        );
      }
    },
  };
}
