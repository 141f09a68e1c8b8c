import type { ProductName } from './products.ts';

/** What becomes of one paid unit, as far as the people and vendors around it are concerned. */
export type Story =
  | 'completed'
  | 'moved'
  | 'cancelled-on-page'
  | 'cancelled-at-provider'
  | 'rebooked'
  | 'expired'
  | 'fixed-time'
  | 'late-declined'
  | 'late-approved'
  | 'no-show'
  | 'revoked'
  | 'shop-refunded'
  | 'shop-cancelled';

const productOf: Readonly<Record<Story, ProductName>> = {
  completed: 'plain',
  moved: 'plain',
  'cancelled-on-page': 'plain',
  'cancelled-at-provider': 'ending',
  rebooked: 'plain',
  expired: 'expiring',
  'fixed-time': 'plain',
  'late-declined': 'declining',
  'late-approved': 'approving',
  'no-show': 'missed',
  revoked: 'plain',
  'shop-refunded': 'plain',
  'shop-cancelled': 'plain',
};

export const stories = Object.keys(productOf) as readonly Story[];

/** Stories of whole orders: what the shop does to an order, it does to all its units. */
const ofWholeOrders: ReadonlySet<Story> = new Set<Story>(['shop-refunded', 'shop-cancelled']);

/** The longest; they begin first, so that a run is over soon after its last fault. */
const long: ReadonlySet<Story> = new Set<Story>([
  'rebooked',
  'late-approved',
  'late-declined',
  'no-show',
  'moved',
]);

export interface PlannedLine {
  readonly product: ProductName;
  /** One story for each unit of the line. */
  readonly stories: readonly Story[];
  /** The units' time comes with the order. */
  readonly fixedTime: boolean;
}

export interface PlannedOrder {
  /** Milliseconds after the load begins. */
  readonly payAt: number;
  readonly lines: readonly PlannedLine[];
  /** How many more times its webhook is sent, all at once. */
  readonly repeats: number;
}

export interface PlanOptions {
  readonly units: number;
  /** Payments are spread over this long, in milliseconds. */
  readonly payWithinMs: number;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** As many stories as units, each of them as often as the others. */
function drawStories(units: number, random: () => number): Story[] {
  const drawn: Story[] = [];
  while (drawn.length < units) drawn.push(...shuffled(stories, random));
  return drawn.slice(0, units);
}

function linesOf(group: readonly Story[]): PlannedLine[] {
  const lines = new Map<string, Story[]>();
  for (const story of group) {
    const key = `${productOf[story]}/${story === 'fixed-time'}`;
    lines.set(key, [...(lines.get(key) ?? []), story]);
  }
  return [...lines.values()].map((told) => ({
    product: productOf[told[0] ?? 'completed'],
    stories: told,
    fixedTime: told.includes('fixed-time'),
  }));
}

/** Orders of one to three units, of one to three lines. */
function groupsOf(drawn: readonly Story[], random: () => number): Story[][] {
  const groups: Story[][] = [];
  for (const whole of ofWholeOrders) {
    const units = drawn.filter((story) => story === whole);
    while (units.length > 0) groups.push(units.splice(0, 1 + Math.floor(random() * 2)));
  }
  const others = drawn.filter((story) => !ofWholeOrders.has(story));
  while (others.length > 0) groups.push(others.splice(0, 1 + Math.floor(random() * 3)));
  return groups;
}

/** The load of a run: the same orders for the same numbers. */
export function planLoad({ units, payWithinMs }: PlanOptions, random: () => number): readonly PlannedOrder[] {
  return groupsOf(drawStories(units, random), random)
    .map((group) => ({
      payAt: Math.round(random() * payWithinMs * (group.some((story) => long.has(story)) ? 0.5 : 1)),
      lines: linesOf(group),
      repeats: random() < 0.4 ? 1 + Math.floor(random() * 2) : 0,
    }))
    .toSorted((a, b) => a.payAt - b.payAt);
}
