import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../servers/free-port.ts';

const PROGRAM = 'oauth2-proxy';
const READY_MS = 10_000;

export interface RunningOauth2Proxy {
  /** What a gateway's auth request asks. */
  readonly url: string;
  /** A whole `Cookie` header of somebody who is logged in. */
  readonly cookie: string;
  close(): Promise<void>;
}

export const hasOauth2Proxy = (): boolean =>
  spawnSync(PROGRAM, ['--version'], { stdio: 'ignore' }).status === 0;

/** Logs in as a browser would, with the form, and keeps the session's cookie. */
async function logIn(origin: string, user: string, password: string): Promise<string | undefined> {
  const answer = await fetch(`${origin}/oauth2/sign_in`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ username: user, password, rd: '/' }),
  });
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
  return answer.status === 302 && cookies.length > 0 ? cookies.join('; ') : undefined;
}

/**
 * Runs oauth2-proxy as one's gateway would ask it, with its session in the cookie: nothing outside the process is
 * asked, as for a hit of ours. A password file stands for the identity provider, so that no account is needed.
 *
 * @throws when it does not start, or lets nobody in.
 */
export async function startOauth2Proxy(): Promise<RunningOauth2Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const passwords = join(folder, 'passwords');
  const password = randomBytes(12).toString('hex');
  const digest = createHash('sha1').update(password).digest('base64');
  writeFileSync(passwords, `bench:{SHA}${digest}\n`, { mode: 0o600 });
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const child = spawn(
    PROGRAM,
    [
      `--http-address=127.0.0.1:${port}`,
      '--provider=github',
      '--client-id=bench',
      '--client-secret=bench',
      `--cookie-secret=${randomBytes(16).toString('hex')}`,
      '--cookie-secure=false',
      '--email-domain=*',
      `--htpasswd-file=${passwords}`,
      '--upstream=static://200',
      '--reverse-proxy=true',
      '--request-logging=false',
      '--auth-logging=false',
      '--standard-logging=false',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const exited = once(child, 'exit').catch(() => undefined);
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const close = async (): Promise<void> => {
    process.removeListener('exit', kill);
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = performance.now() + READY_MS;
  while (child.exitCode === null && performance.now() < deadline) {
    const cookie = await logIn(origin, 'bench', password).catch(() => undefined);
    if (cookie !== undefined) return { url: `${origin}/oauth2/auth`, cookie, close };
    await sleep(50);
  }
  await close();
  throw new Error(`${PROGRAM} let nobody in: ${said.trim().slice(-400)}`);
}
