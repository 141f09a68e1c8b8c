import type { Request } from 'express';
import type { Caller } from './caller.ts';

const callers = new WeakMap<object, Caller>();

/**
 * Says whom every request on this connection speaks for. Only the process itself can hand over a connection object, so
 * no request from outside can be one of them, whatever its headers say.
 */
export function speakFor(connection: object, caller: Caller): void {
  callers.set(connection, caller);
}

/** The caller of a request that the process made by itself; undefined: it came from outside. */
export const insideCallerOf = (req: Request): Caller | undefined => callers.get(req.socket);
