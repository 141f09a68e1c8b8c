import type { Page } from 'playwright-core';
import { findLayoutFaults } from '../in-page/layout-faults.js';

/** What is wrong with how a page stands on the screen now, in words with the element; empty when nothing is. */
export function layoutFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate(findLayoutFaults);
}
