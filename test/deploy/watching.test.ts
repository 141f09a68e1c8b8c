import { describe, expect, test } from '@jest/globals';
import { allOperations } from '../../api/docs/operations.ts';
import { createApiDocument } from '../../api/docs/document.ts';
import { METRICS } from '../../platform/metrics/catalogue.ts';
import { STANDING_METRICS } from '../../platform/metrics/standing.ts';
import { askedBy } from '../support/promql.ts';
import {
  alerts,
  type Dashboard,
  dashboards,
  expressions,
  runbookEntries,
  runbookRequests,
} from '../support/watching.ts';

test('what is no PromQL is told, and what is says which metrics and labels it asks for', () => {
  expect(() => askedBy('sum(rate(up[5m])')).toThrow('no PromQL');
  expect(() => askedBy('{job="api"}')).toThrow('without a name');
  expect(askedBy('sum by (a) (rate(one{b="1"}[$__rate_interval])) / on () max(two) or three')).toEqual([
    { metric: 'one', labels: ['b', 'a'] },
    { metric: 'two', labels: [] },
    { metric: 'three', labels: [] },
  ]);
});

describe('alerts', () => {
  const all = alerts();

  test('each has an entry in the runbook, and each entry is an alert’s', () => {
    expect([...runbookEntries().keys()].toSorted()).toEqual(all.map(({ alert }) => alert).toSorted());
  });

  test.each(all.map((alert) => [alert.alert, alert] as const))('%s', (name, alert) => {
    const entry = runbookEntries().get(name) ?? '';
    expect(alert.annotations.runbook_url).toBe(`docs/runbook.md#${name.toLowerCase()}`);
    expect(entry).toContain(`\n*${alert.labels.severity}*\n`);
    for (const part of ['What it means', 'Who is hurt', 'Look at', 'Do', 'Over when'])
      expect([part, entry.includes(`- **${part}**:`)]).toEqual([part, true]);
    expect(askedBy(alert.expr).length).toBeGreaterThan(0);
    // What an alert's words take from its labels, its expression must leave.
    const { summary, description } = alert.annotations;
    const named = [...`${summary} ${description}`.matchAll(/\{\{ \$labels\.(\w+) \}\}/g)].map(
      ([, label]) => label,
    );
    const isGrouped = /\b(by|absent)\b/.test(alert.expr);
    const left = isGrouped ? askedBy(alert.expr).flatMap(({ labels }) => labels) : ['instance', 'job'];
    expect(named.filter((label = '') => !left.includes(label))).toEqual([]);
  });

  test('the runbook’s requests are those of the API', () => {
    const { paths = {} } = createApiDocument(allOperations, { publicUrl: 'http://latchkey' });
    const requests = runbookRequests();
    expect(requests.length).toBeGreaterThan(5);
    for (const { method, url } of requests) {
      const path = decodeURI(url.pathname);
      const operation = allOperations.find((one) => one.path === path && one.method === method);
      expect([method, path, operation !== undefined && path in paths]).toEqual([method, path, true]);
      // Strict: a parameter that is not there, or a value that it does not take, is refused.
      const read = operation?.query?.safeParse(Object.fromEntries(url.searchParams));
      expect([url.search, url.search === '' || read?.success]).toEqual([url.search, true]);
    }
  });
});

describe('dashboards', () => {
  const all = dashboards();

  test('there is one for each question, each with an address of its own', () => {
    expect(all.map(({ uid, file }) => [uid, file])).toEqual(
      ['gate', 'intake', 'overview', 'processes', 'vendors', 'workers'].map((name) => [
        `latchkey-${name}`,
        `${name}.json`,
      ]),
    );
  });

  test.each(all.map((one) => [one.file, one] as const))('%s', (_file, { panels }: Dashboard) => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Map<string, string>();
    for (const { type, title, gridPos, targets, datasource } of panels) {
      expect([title, targets.length > 0, datasource !== undefined]).toEqual([
        title,
        type !== 'row',
        type !== 'row',
      ]);
      for (const { expr } of targets) expect(askedBy(expr).length).toBeGreaterThan(0);
      const { x, y, w, h } = gridPos;
      expect([title, x + w <= 24]).toEqual([title, true]);
      for (let column = x; column < x + w; column += 1)
        for (let line = y; line < y + h; line += 1) {
          expect([title, taken.get(`${column}/${line}`)]).toEqual([title, undefined]);
          taken.set(`${column}/${line}`, title);
        }
    }
  });
});

test('what every API process says alike is never added up', () => {
  const alike = Object.keys(STANDING_METRICS);
  const added = expressions().filter(([, expression]) => {
    const summed = [
      ...expression.matchAll(/\b(?:sum|avg|count)(?: by \([^)]*\))? \(?(?!max)(latchkey_\w+)/g),
    ];
    return summed.some(([, metric = '']) => alike.includes(metric));
  });
  expect(added).toEqual([]);
});

test('every metric of ours is asked for by an alert or a dashboard', () => {
  const asked = new Set(
    expressions().flatMap(([, expression]) => askedBy(expression).map(({ metric }) => metric)),
  );
  const endings = ['', '_bucket', '_sum', '_count'];
  const unasked = Object.keys(METRICS).filter((name) => !endings.some((ending) => asked.has(name + ending)));
  expect(unasked).toEqual([]);
});
