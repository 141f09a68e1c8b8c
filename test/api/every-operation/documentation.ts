import { expect } from '@jest/globals';
import type { Calls } from './rig.ts';

export const documentationCalls = {
  getOpenApiDocument: async ({ anyone }) => {
    const first = await anyone.getOpenApiDocument();
    const etag = first.headers.get('etag') ?? '';
    const again = await anyone.getOpenApiDocument({ headers: { 'If-None-Match': etag } });
    expect([first.status, again.status]).toEqual([200, 304]);
  },
} as const satisfies Calls;
