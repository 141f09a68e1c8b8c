import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Its rules of WCAG 2.2 A and AA and of good practice, the size of targets too, which it leaves out unless told. */
const run = 'axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } })';

/** What axe holds against the page as it stands now: which rule, which element, and why. Empty when nothing is. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  // By the debugger, which the page's policy does not bind. It survives `setContent`.
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(source);
  const { violations } = await page.evaluate<AxeResults>(run);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`.replace(/\s+/g, ' ')),
  );
}
