import type { z } from 'zod';
import type { limitCountSchema } from './schemas.ts';

export interface Quota {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Whole seconds until the window ends. */
  readonly resetSeconds: number;
}

export interface LimitCount {
  take(scope: string, conf: z.output<typeof limitCountSchema>, key: string): Quota;
}

/** Fixed windows, counted in this process as with `policy: local`. `now` in milliseconds. */
export function createLimitCount(now: () => number): LimitCount {
  const windows = new Map<string, { used: number; endsAt: number }>();
  return {
    take(scope, conf, key) {
      const name = `${conf.group ?? scope}:${key}`;
      const held = windows.get(name);
      const window =
        held && held.endsAt > now() ? held : { used: 0, endsAt: now() + conf.time_window * 1000 };
      windows.set(name, window);
      window.used += 1;
      return {
        allowed: window.used <= conf.count,
        limit: conf.count,
        remaining: Math.max(0, conf.count - window.used),
        resetSeconds: Math.ceil((window.endsAt - now()) / 1000),
      };
    },
  };
}
