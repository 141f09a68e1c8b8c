import { writeFileSync, existsSync } from 'node:fs';
import { test } from '@jest/globals';
import { mintCallerToken } from '../../api/auth/local-tokens.ts';
import { createLogger } from '../../platform/log.ts';
import { startEngine, startTestStack } from '../support/test-stack.ts';
const MANY = '1000000';
test('hold', async () => {
  const engine = await startEngine();
  const stack = await startTestStack({ engine, log: createLogger({level:'error',pretty:false}), env: Object.fromEntries(['LINKS_PER_TENANT','LINKS_PER_USER','LINKS_PER_ADDRESS','BOOKINGS_PER_ADDRESS','BOOKING_REQUESTS_PER_ADDRESS','BOOKING_REQUESTS_PER_EMAIL','BOOKING_READS_PER_ADDRESS'].map(n=>['RATE_LIMIT_'+n,MANY])) });
  const k = stack.config.auth.localKeys!;
  const now = Date.now() as any;
  const t = await mintCallerToken(k, {role:'admin',tenantId:1,userId:5,subject:'st'}, now, now+7200_000 as any);
  writeFileSync('/tmp/st7.json', JSON.stringify({url: stack.addresses.publicUrl, token: t, db: stack.addresses.databaseUrl, secret: stack.config.calendly.webhookSecret}));
  for (let i=0;i<3000 && !existsSync('/tmp/st7.stop');i++) await new Promise(r=>setTimeout(r,500));
  await stack.close(); await engine.close();
}, 1_800_000);
