import { z } from 'zod';
import type { Check } from '../../integrations/setup/check.ts';
import type { DeploymentEnvironment } from '../../platform/config.ts';

const ours = z.looseObject({ openapi: z.string() });

/** @param publicUrl `PUBLIC_URL`, without a slash at its end. */
export function publicUrlChecks(
  publicUrl: string,
  env: DeploymentEnvironment,
  timeoutMs: number,
): readonly Check[] {
  return [
    {
      name: 'public-url-https',
      subject: '`PUBLIC_URL` is HTTPS in production',
      remedy: 'Set `PUBLIC_URL` to the https:// address that vendors and clients reach.',
      after: [],
      look: async () =>
        env === 'production' && !publicUrl.startsWith('https:')
          ? { status: 'failed', message: `PUBLIC_URL is ${publicUrl}` }
          : { status: 'ok', message: `PUBLIC_URL is ${publicUrl}` },
    },
    {
      name: 'public-url-answers',
      subject: 'Our API answers at `PUBLIC_URL`, where vendors send their webhooks',
      remedy:
        'Start the API and look at what stands in front of it. Vendors may reach what this machine does not: then it is no fault.',
      after: [],
      async look() {
        try {
          const response = await fetch(`${publicUrl}/openapi.json`, {
            headers: { accept: 'application/json' },
            signal: AbortSignal.timeout(timeoutMs),
          });
          const isOurs = response.ok && ours.safeParse(await response.json()).success;
          return isOurs
            ? { status: 'ok', message: 'Our API answers at PUBLIC_URL' }
            : {
                status: 'warning',
                message: `What answers at PUBLIC_URL is not our API (${response.status})`,
              };
        } catch {
          return { status: 'warning', message: 'Nothing of ours answers at PUBLIC_URL from here' };
        }
      },
    },
  ];
}
