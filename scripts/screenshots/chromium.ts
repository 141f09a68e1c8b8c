import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { environment } from '../../platform/environment.ts';

const KNOWN = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** `CHROMIUM`, or one that a system's packages put in its usual place; undefined where there is none. */
export const chromiumPath: string | undefined =
  environment()['CHROMIUM'] ?? KNOWN.find((path) => existsSync(path));

/** What is said where there is none. */
export const NO_CHROMIUM = 'no Chromium on this machine: install Debian’s chromium, or set CHROMIUM';

/** @throws {Error} where there is no Chromium; see `chromiumPath`. */
export function launchChromium(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error(NO_CHROMIUM);
  return chromium.launch({
    executablePath: chromiumPath,
    // Containers give no user namespaces, and little shared memory.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
}
