import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

/**
 * Where `patched()` may be called: by what runs in the workflow's own turn. What validators and queries run may not:
 * the marker of a refused Update, or of a query, stands in no history that replays.
 */
const SHELL = [/-workflow\.ts$/, /^effects\.ts$/, /^activities\.ts$/, /^lanes\.ts$/, /^alarm\.ts$/];

const CALL = /\b(?:patched|deprecatePatch)\s*\(|\bimport\b[^;]*\b(?:patched|deprecatePatch)\b[^;]*;/;

const mayPatch = (file: string) => SHELL.some((one) => one.test(basename(file)));
const isWrong = (file: string, code: string) => CALL.test(code) && !mayPatch(file);

const workflows = join(process.cwd(), 'workflows');
const sources = readdirSync(workflows, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

describe('patched()', () => {
  test('is called by no validator, no query and no rule', () => {
    const wrong = sources.filter((file) => isWrong(file, readFileSync(join(workflows, file), 'utf8')));
    expect(wrong).toEqual([]);
    // What holds validators and queries is there, under the names that the rule means.
    expect(sources).toEqual(
      expect.arrayContaining(['session/handlers.ts', 'session/messages.ts', 'booking/validators.ts']),
    );
    expect(sources.filter(mayPatch).length).toBeLessThan(sources.length / 3);
  });

  test.each([
    ['session/messages.ts', "if (patched('stricter')) refuse();", true],
    ['booking/validators.ts', "import { patched as p } from '@temporalio/workflow';", true],
    ['session/session.ts', "import {\n  condition,\n  deprecatePatch,\n} from '@temporalio/workflow';", true],
    ['policy/v1/requests.ts', "patched ('x')", true],
    ['session/session-workflow.ts', "if (patched('one-activity-more')) await more();", false],
    ['session/handlers.ts', "import { setHandler } from '@temporalio/workflow'; // patched: never", false],
  ])('in %s: %s', (file, code, wrong) => {
    expect(isWrong(file, code)).toBe(wrong);
  });
});
