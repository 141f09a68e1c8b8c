import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { anchorsOf, linkProblem, linksOf, pages, pathsIn, scriptsIn } from './pages.ts';

const text = (page: string): string => readFileSync(page, 'utf8');

describe('how a page is read', () => {
  test('anchors are those of GitHub', () => {
    const page =
      '# The API\n## Who `calls`, and *why*?\n```sh\n# no heading\n```\n## Keys\n## Keys\n## [A](b.md) link';
    expect([...anchorsOf(page)]).toEqual(['the-api', 'who-calls-and-why', 'keys', 'keys-1', 'a-link']);
  });

  test('links in code are none, absolute ones are left alone', () => {
    expect(linksOf('[a](b.md#c) `[x](y)` [d](https://e.f) ![g](h.png)\n```\n[i](j)\n```')).toEqual([
      'b.md#c',
      'h.png',
    ]);
  });

  test('a link to nowhere is seen', () => {
    expect(linkProblem('docs/api.md', 'nowhere.md')).toContain('there is no docs/nowhere.md');
    expect(linkProblem('docs/api.md', '#nowhere')).toContain('no such heading');
    expect(linkProblem('docs/api.md', '../README.md#latchkey')).toBeNull();
  });
});

describe.each(pages())('%s', (page) => {
  test('leads somewhere with each link', () => {
    expect(linksOf(text(page)).flatMap((link) => linkProblem(page, link) ?? [])).toEqual([]);
  });

  test('names files and commands that exist', () => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Readonly<Record<string, string>> };
    expect(pathsIn(text(page)).filter((path) => !existsSync(path) && !path.startsWith('api/v1'))).toEqual([]);
    expect(scriptsIn(text(page)).filter((name) => !(name in scripts))).toEqual([]);
  });
});

test('each threat of docs/security.md is held by something that can be looked at', () => {
  const rows = text('docs/security.md').match(/^\| [STRIDE](?: \d)? \|.*$/gm) ?? [];
  expect(rows.length).toBeGreaterThan(30);
  const heldBy = (row: string): string => row.split(' | ').at(-1) ?? '';
  expect(rows.filter((row) => !/\.\.\/test\/[\w/-]+\.test\.ts|`scripts\//.test(heldBy(row)))).toEqual([]);
});

test('docs/api.md names each room of the API', () => {
  const { paths } = JSON.parse(text('docs/openapi.json')) as { paths: Readonly<Record<string, unknown>> };
  const rooms = Object.keys(paths).flatMap((path) => /^\/api\/v1\/(?:admin|public)\/[\w-]+/.exec(path) ?? []);
  expect(rooms.length).toBeGreaterThan(20);
  // The vendors' own webhooks are told of in their pages.
  const told = [text('docs/api.md'), text('docs/calendly.md')].join('\n');
  expect(rooms.filter((room) => !told.includes(room))).toEqual([]);
});

describe('the indexes', () => {
  const isIn = (index: string, names: readonly string[]): readonly string[] => {
    const links = linksOf(text(index)).map((link) => link.split('#')[0]);
    return names.filter((name) => !links.includes(name));
  };

  test('docs/README.md leads to every page', () => {
    const names = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'README.md');
    expect(names.length).toBeGreaterThan(15);
    expect(isIn('docs/README.md', [...names, 'decisions/README.md'])).toEqual([]);
  });

  test('docs/decisions/README.md leads to every decision', () => {
    const names = readdirSync('docs/decisions').filter((name) => /^\d{4}-/.test(name));
    expect(isIn('docs/decisions/README.md', names)).toEqual([]);
  });
});
