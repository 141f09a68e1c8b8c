import { setTimeout as sleep } from 'node:timers/promises';
import type { PaidOrder } from '../../integrations/saleor/twin.ts';
import type { SoldLine } from '../../integrations/saleor/twin-orders.ts';
import { saleorUuid } from '../../integrations/saleor/convention.ts';
import { sessionKeyOf } from '../../platform/session-ids.ts';
import { type Client, openSession } from './client.ts';
import { type Deeds, noDeeds } from './deeds.ts';
import type { Operator } from './operator.ts';
import type { PlannedLine, PlannedOrder } from './plan.ts';
import { FAULTS_DURATION_MS, JOIN_URL, metadataOf, products } from './products.ts';
import { tell } from './stories.ts';
import type { Sandboxes } from './system.ts';

export interface LoadDependencies {
  readonly sandboxes: Sandboxes;
  readonly operator: Operator;
  /** Hears of each unit as it is paid for. */
  readonly onPaid: (deeds: Deeds) => void;
  /** Hears of a client as soon as its link came. */
  readonly onClient: (deeds: Deeds, client: Client) => void;
}

/** An order's time must leave room for taking it in. */
const FIXED_AHEAD_MS = 30_000;

function lineFor(line: PlannedLine, startsAt: number): SoldLine {
  const product = products[line.product];
  return {
    productName: `${product.name} session`,
    quantity: line.stories.length,
    unitAmount: '49.00',
    durationMinutes: FAULTS_DURATION_MS / 60_000,
    productMetadata: metadataOf(product),
    variantMetadata: { 'session.join-url': JOIN_URL },
    ...(line.fixedTime ? { start: new Date(startsAt).toISOString() } : {}),
  };
}

function unitsOf(planned: PlannedOrder, paid: PaidOrder, sandboxes: Sandboxes, startsAt: number): Deeds[] {
  const { lines } = sandboxes.saleor.order(paid.orderId).body;
  return planned.lines.flatMap((line, index) =>
    line.stories.map((story, unit) => {
      const lineId = lines[index]?.id ?? '';
      return noDeeds({
        key: sessionKeyOf({
          saleorDomain: sandboxes.saleor.domain,
          orderUuid: paid.orderUuid,
          lineUuid: saleorUuid(lineId),
          unit,
        }),
        story,
        product: line.product,
        orderId: paid.orderId,
        lineId,
        fixed: line.fixedTime ? { startsAt, endsAt: startsAt + FAULTS_DURATION_MS } : null,
      });
    }),
  );
}

async function tellUnit(deps: LoadDependencies, deeds: Deeds): Promise<void> {
  const { sandboxes, operator } = deps;
  const client = await openSession(sandboxes, deeds.key);
  deeds.openedAt = Date.now();
  deps.onClient(deeds, client);
  await tell[deeds.story]({ sandboxes, operator, client, deeds });
}

/** The shop ends an order once all its sessions are open. */
function endInShop({ saleor }: Sandboxes, units: readonly Deeds[]): void {
  for (const deeds of units) {
    if (deeds.story !== 'shop-refunded' && deeds.story !== 'shop-cancelled') continue;
    deeds.shopEndedAt = Date.now();
  }
  const [first] = units;
  if (first?.story === 'shop-refunded') saleor.refundOrder(first.orderId);
  if (first?.story === 'shop-cancelled') saleor.cancelOrder(first.orderId);
}

async function runOrder(deps: LoadDependencies, planned: PlannedOrder, number: number): Promise<void> {
  const { saleor } = deps.sandboxes;
  await sleep(planned.payAt);
  const startsAt = Date.now() + FIXED_AHEAD_MS;
  const paid = saleor.pay({
    email: `client-${number}@example.com`,
    firstName: 'Ada',
    lastName: 'Client',
    lines: planned.lines.map((line) => lineFor(line, startsAt)),
  });
  for (let n = 0; n < planned.repeats; n += 1) saleor.resend(paid.orderId);
  const units = unitsOf(planned, paid, deps.sandboxes, startsAt);
  for (const deeds of units) deps.onPaid(deeds);
  await Promise.all(
    units.map((deeds) =>
      tellUnit(deps, deeds).catch((error: unknown) => {
        deeds.stuck = error instanceof Error ? error.message : String(error);
      }),
    ),
  );
  endInShop(deps.sandboxes, units);
}

/** Sells everything that was planned and tells each unit's story. Resolves when all are told, or are stuck. */
export async function runLoad(deps: LoadDependencies, plan: readonly PlannedOrder[]): Promise<void> {
  await Promise.all(plan.map((order, index) => runOrder(deps, order, index + 1)));
}
