import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Every page that people read, from the project's root. */
export function pages(): readonly string[] {
  const isOurs = (name: string): boolean => !/^(?:node_modules|dist|coverage|\.\w+)$/.test(name);
  return readdirSync('.')
    .filter(isOurs)
    .flatMap((name) =>
      name.endsWith('.md') || !statSync(name).isDirectory()
        ? [name]
        : readdirSync(name, { recursive: true, encoding: 'utf8' }).map((inside) => `${name}/${inside}`),
    )
    .filter((path) => path.endsWith('.md'))
    .toSorted();
}

/** The lines that are prose: nothing between fences. */
function prose(markdown: string): string {
  return markdown.replaceAll(/^ *```[^]*?^ *```/gm, '');
}

/** A heading's anchor as GitHub makes it; of several alike the second ends in `-1`. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const times = new Map<string, number>();
  for (const [, heading = ''] of prose(markdown).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '').replaceAll(' ', '-');
    const before = times.get(anchor) ?? 0;
    times.set(anchor, before + 1);
    anchors.add(before === 0 ? anchor : `${anchor}-${before}`);
  }
  return anchors;
}

/** Targets of links and pictures, absolute ones left out. */
export function linksOf(markdown: string): readonly string[] {
  const text = prose(markdown).replaceAll(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** What is wrong with a link of a page; null when nothing is. */
export function linkProblem(page: string, link: string): string | null {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(target)) return `${page}: ${link}: there is no ${target}`;
  if (anchor === undefined || !target.endsWith('.md')) return null;
  return anchorsOf(readFileSync(target, 'utf8')).has(anchor) ? null : `${page}: ${link}: no such heading`;
}

const ROOT = /^(?:activities|api|db|deploy|docs|integrations|platform|scripts|test|worker|workflows)\//;

/** Files and folders of the project that a page names as code. */
export function pathsIn(markdown: string): readonly string[] {
  return [...prose(markdown).matchAll(/`([\w./-]+)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => ROOT.test(path));
}

/** The npm scripts that a page names, in prose or in a block. */
export function scriptsIn(markdown: string): readonly string[] {
  return [...markdown.matchAll(/\bnpm (?:run (?:--silent )?)([a-z][\w:-]*)/g)].map(([, name = '']) => name);
}
