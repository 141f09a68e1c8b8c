import { systemClock } from '../platform/clock.ts';
import { environment } from '../platform/environment.ts';
import { runScript } from './arguments.ts';
import { definition, issueToken } from './token/issue.ts';

await runScript(definition, (values) => issueToken(values, environment(), systemClock()));
