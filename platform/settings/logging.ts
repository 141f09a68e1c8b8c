import { z } from 'zod';
import { settingWords } from './words.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export const logSettings = () => ({
  LOG_LEVEL: z
    .enum(LEVELS, { error: `is none of ${LEVELS.join(', ')}` })
    .default('info')
    .register(settingWords, { meaning: 'The least that is logged.', readBy: 'API and worker' }),
  LOG_FORMAT: z
    .enum(['json', 'pretty'], { error: 'is neither json nor pretty' })
    .optional()
    .register(settingWords, {
      meaning: 'One JSON object a line, or lines for people.',
      readBy: 'API and worker',
      otherwise: '`pretty` on a terminal, else `json`',
    }),
});
