import type { AuditEntry } from '../../db/queries/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import { reasonOf } from './counters.ts';
import type { GateDecision, GateVerdict, Holder, Route } from './decision.ts';

/** Writes down, off the response's path, who was refused what. */
export interface RefusalAudit {
  /** @param slug as asked for, or null where the URI was not a session's; it is not written down. */
  refused(decision: GateDecision, route: Route, slug: string | null): void;
  /** Somebody who is not the gateway asked. */
  stranger(): void;
  /** Resolves when all that was taken has been written, or could not be. */
  settled(): Promise<void>;
}

export interface RefusalAuditDependencies {
  readonly write: (entries: readonly AuditEntry[]) => Promise<void>;
  readonly clock: Clock;
  readonly report: (error: unknown) => void;
}

const WINDOW_MS = 60_000;
/** In all, per window: a flood of refusals is a number in the metrics, not rows. */
const MOST = 20;
/** Of one reason, so that strangers who come without anything do not crowd out a revoked link that is tried. */
const MOST_PER_REASON = 5;

/** Nothing was decided by a 503, and the rest are not refusals. */
const isRefusal = ({ status }: GateVerdict): boolean =>
  status === 302 || status === 401 || status === 403 || status === 410;

/** Whose account it is at this session's tenant, where there is one. */
function actorOf(
  by: Holder | null,
  route: Route,
): { readonly actor: string; readonly tenantId: number | null } {
  if (by === null) return { actor: 'unknown', tenantId: null };
  if (by.kind === 'link') return { actor: `link:${by.linkId}`, tenantId: by.tenantId };
  const here =
    route.kind === 'session' ? by.clients.find(({ tenantId }) => tenantId === route.tenantId) : undefined;
  const account = here ?? by.clients[0];
  return account === undefined
    ? { actor: 'unknown', tenantId: null }
    : { actor: `client:${account.clientId}`, tenantId: account.tenantId };
}

/**
 * A sample: the first refusal of each reason, session and holder per minute, and at most twenty. Never a token, a
 * URI or an address. An entry is a tenant's only where session and holder both are; one that would show a tenant
 * the name of another's session is nobody's.
 */
export function createRefusalAudit(deps: RefusalAuditDependencies): RefusalAudit {
  let windowFrom = Number.NEGATIVE_INFINITY;
  const seen = new Set<string>();
  const perReason = new Map<string, number>();
  let pending: AuditEntry[] = [];
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    while (pending.length > 0) {
      const entries = pending;
      pending = [];
      try {
        await deps.write(entries);
      } catch (error) {
        deps.report(error);
      }
    }
  }

  function take(what: string, entry: Omit<AuditEntry, 'at' | 'action'> & { readonly reason: string }): void {
    const now = deps.clock();
    if (now >= windowFrom + WINDOW_MS || now < windowFrom) {
      windowFrom = now;
      seen.clear();
      perReason.clear();
    }
    const ofReason = perReason.get(entry.reason) ?? 0;
    const once = `${entry.reason} ${what} ${entry.actor}`;
    if (seen.has(once) || seen.size >= MOST || ofReason >= MOST_PER_REASON) return;
    seen.add(once);
    perReason.set(entry.reason, ofReason + 1);
    // With the store away for long, the newest say enough.
    if (pending.length >= MOST) pending.shift();
    pending.push({ at: new Date(now), action: 'gate.refused', ...entry });
    writing ??= new Promise<void>((resolve) => {
      setImmediate(resolve);
    })
      .then(writeAll)
      .finally(() => {
        writing = undefined;
      });
  }

  return {
    refused({ verdict, by }, route, slug) {
      if (!isRefusal(verdict)) return;
      const { actor, tenantId } = actorOf(by, route);
      const isForeign = route.kind === 'session' && route.tenantId !== tenantId;
      take(slug ?? '', {
        tenantId: isForeign ? null : tenantId,
        actor,
        subject: route.kind === 'session' ? route.sessionKey : 'unknown-slug',
        reason: reasonOf(verdict),
      });
    },
    stranger() {
      take('', { tenantId: null, actor: 'unknown', subject: 'forward-auth', reason: 'not-the-gateway' });
    },
    async settled() {
      while (writing !== undefined) await writing;
    },
  };
}
