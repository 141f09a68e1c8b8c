import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DefaultLogger } from '@temporalio/worker';
import { bundleSessions } from './bundle.ts';

// Run by `npm run build`, from dist/worker: the bundle that production workers load lies beside the rooms.
const workflowsPath = fileURLToPath(new URL('../workflows/index.js', import.meta.url));
const target = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

const { code } = await bundleSessions(workflowsPath, new DefaultLogger('WARN'));
writeFileSync(target, code);
process.stdout.write(`workflow bundle: ${(code.length / 1024 / 1024).toFixed(1)} MB\n`);
