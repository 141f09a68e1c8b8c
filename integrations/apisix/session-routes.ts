import { z } from 'zod';
import type { AdminApi } from './admin-api.ts';
import type { GatewayRoutes, HeldRoute } from './contract.ts';
import { ourLabels } from './resources.ts';

/** The Admin API takes 10 to 500. */
const PAGE_SIZE = 500;

const routeSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  /** Whole seconds. */
  update_time: z.number(),
  labels: z.looseObject({}).optional(),
});
const sessionLabels = z.looseObject({
  app: z.literal(ourLabels.app),
  kind: z.literal('session'),
  session: z.string(),
  ttl: z.string().regex(/^\d+$/).optional(),
});

type Route = z.output<typeof routeSchema>;

function held({ id, labels, update_time: updatedAt }: Route): HeldRoute | undefined {
  const ours = sessionLabels.safeParse(labels);
  if (!ours.success) return undefined;
  const { session, ttl } = ours.data;
  return {
    id,
    sessionKey: session,
    updatedAt: updatedAt * 1000,
    // The Admin API does not tell what is left of a lease: the label says how long it was given.
    leaseUntil: ttl === undefined ? null : (updatedAt + Number(ttl)) * 1000,
  };
}

/** Looks at the routes that sessions have of their own. */
export function createGatewayRoutes(admin: AdminApi): GatewayRoutes {
  return {
    async readRoute(id) {
      const value = await admin.get({ collection: 'routes', id });
      const route = routeSchema.safeParse(value);
      return route.success ? held(route.data) : undefined;
    },

    async listRoutes(page) {
      const values = await admin.list('routes', { page, size: PAGE_SIZE });
      const routes = values.map((value) => routeSchema.safeParse(value));
      const sessions = routes.flatMap((route) => (route.success ? (held(route.data) ?? []) : []));
      return { sessions, others: values.length - sessions.length, isLast: values.length < PAGE_SIZE };
    },
  };
}
