import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const CLIENT = { clientId: 'latchkey', clientSecret: 'a secret with : and + in it' } as const;
export const REDIRECT_URI = 'https://sessions.example.com/customer/login/oidc/callback';

/** `ada` is an admin, and `eve` a tenant's software. `ada` has a verified address, `eve` an unverified one, `una` one of which nothing is said, `ned` none. */
export type Account = 'ada' | 'eve' | 'una' | 'ned';

export interface ProviderOptions {
  /** @default that of clients' login */
  readonly redirectUri?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly emailIn?: 'id-token' | 'userinfo';
  readonly secretBy?: 'header' | 'body';
}

export interface ProviderProcess {
  readonly issuer: string;
  /**
   * What a browser does between our redirect and the provider's redirect back to us.
   *
   * @param as null: they do not want to log in after all.
   * @returns the address that the browser is sent to in the end.
   */
  signIn(location: string, as: Account | null): Promise<URL>;
  stop(): Promise<void>;
}

/** A browser as far as it matters here: it keeps cookies and follows until it would leave the provider. */
async function browse(issuer: string, location: string, as: Account | null): Promise<URL> {
  const cookies = new Map<string, string>();
  let at = new URL(location);
  for (let steps = 0; steps < 10; steps += 1) {
    if (at.origin !== issuer) return at;
    if (at.pathname.startsWith('/interaction/')) at.searchParams.set('as', as ?? 'nobody');
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(at, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';', 1).join().split(/=(.*)/s);
      cookies.set(name, value);
    }
    const next = response.headers.get('location');
    if (next === null) throw new Error(`the provider answered ${response.status}: ${await response.text()}`);
    at = new URL(next, at);
  }
  throw new Error('the provider redirects without end');
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the provider has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) return (JSON.parse(line) as { issuer: string }).issuer;
  }
  throw new Error('the provider did not start');
}

export async function startProvider(options: ProviderOptions = {}): Promise<ProviderProcess> {
  const settings = {
    port: 0,
    emailIn: 'id-token',
    secretBy: 'header',
    ...CLIENT,
    redirectUri: REDIRECT_URI,
    ...options,
  };
  const script = fileURLToPath(new URL('oidc-provider.js', import.meta.url));
  // The channel ends with this process, and the provider with the channel.
  const child = spawn(process.execPath, ['--no-warnings', script, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  const issuer = await addressOf(child);
  child.stdout?.resume();
  return {
    issuer,
    signIn: (location, as) => browse(issuer, location, as),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
