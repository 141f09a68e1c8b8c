import type { Check, Look } from '../../integrations/setup/check.ts';
import type { Finding } from '../../integrations/setup/finding.ts';
import { within } from '../../platform/within.ts';

function findingOf({ name, remedy }: Check, look: Look): Finding {
  const { status, message } = look;
  const wrong = status === 'warning' || status === 'failed';
  return { check: name, status, message, remedy: wrong ? (look.remedy ?? remedy) : null };
}

/** Node names the reason of a refused connection by its code alone. */
function wordsOf(error: unknown): string {
  if (!(typeof error === 'object' && error !== null)) return String(error);
  const { message, code } = error as { readonly message?: unknown; readonly code?: unknown };
  const text = typeof message === 'string' ? message.split('\n')[0] : '';
  return text || (typeof code === 'string' ? code : 'it failed');
}

async function lookInTime(check: Check, timeoutMs: number): Promise<Look> {
  const late = (): Look => ({
    status: 'failed',
    message: `There was no answer within ${timeoutMs / 1000} seconds`,
  });
  const look = async (): Promise<Look> => {
    try {
      return await check.look();
    } catch (error) {
      return { status: 'failed', message: wordsOf(error) };
    }
  };
  return await within(timeoutMs, look(), late);
}

/**
 * Looks at everything side by side, each check as soon as those that it comes after are well. One that fails or takes
 * too long hides nothing but what comes after it, which is skipped.
 *
 * @returns a finding for each check, in their order.
 */
export async function runChecks(
  checks: readonly Check[],
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<readonly Finding[]> {
  const findings = new Map<string, Promise<Finding>>();

  async function find(check: Check): Promise<Finding> {
    for (const name of check.after) {
      const before = await findings.get(name);
      if (before?.status === 'failed' || before?.status === 'skipped')
        return findingOf(check, { status: 'skipped', message: `${name} comes first` });
    }
    return findingOf(check, await lookInTime(check, timeoutMs));
  }

  // In order: a check comes after others that stand before it.
  for (const check of checks) findings.set(check.name, find(check));
  return await Promise.all(findings.values());
}
