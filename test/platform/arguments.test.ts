import { describe, expect, test } from '@jest/globals';
import { readArguments, type ScriptDefinition } from '../../scripts/arguments.ts';

const definition: ScriptDefinition<'running' | 'name'> = {
  command: 'npm run demo',
  summary: 'Shows a session.',
  options: {
    running: { type: 'boolean', help: 'Use the running stack.' },
    name: { type: 'string', help: 'Whose session.' },
  },
};

describe('the arguments of a script', () => {
  test('are none', () => {
    expect(readArguments(definition, [])).toEqual({ kind: 'run', json: false, values: {} });
  });

  test('are its own and --json', () => {
    expect(readArguments(definition, ['--json', '--running', '--name', 'Ada'])).toEqual({
      kind: 'run',
      json: true,
      values: { running: true, name: 'Ada' },
    });
  });

  test.each([['--help'], ['-h']])('%s explains every option', (flag) => {
    const help = readArguments(definition, [flag]);
    expect(help.kind).toBe('help');
    const text = help.kind === 'help' ? help.text : '';
    for (const part of [
      'npm run demo',
      'Shows a session.',
      '--running',
      '--name <value>',
      '--json',
      '--help',
    ])
      expect(text).toContain(part);
  });

  test.each([[['--wrong']], [['stray']], [['--name']], [['--json=1']]])(
    '%j is refused with the help',
    (args) => {
      const read = readArguments(definition, args);
      expect(read.kind === 'wrong' && read.text).toContain('Usage: npm run demo');
    },
  );

  test('of a script without options of its own', () => {
    expect(readArguments({ command: 'npm run reset', summary: 'x' }, ['--json'])).toMatchObject({
      json: true,
    });
  });
});
