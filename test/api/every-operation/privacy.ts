import { expect } from '@jest/globals';
import type { Calls, OperationRig } from './rig.ts';

/** A client of whom nothing is known but their particulars. */
async function somebody({ as }: OperationRig): Promise<{ readonly path: { readonly id: number } }> {
  const email = `erased.${Date.now()}@example.com`;
  const made = await as.admin.createClient({ body: { email, first_name: 'Some', last_name: 'Body' } });
  if (made.status !== 201) throw new Error(`no client: ${made.status}`);
  return { path: { id: made.body.id } };
}

export const privacyCalls = {
  exportClient: async (rig) => rig.as.admin.exportClient(await somebody(rig)),
  eraseClient: async (rig) =>
    rig.as.admin.eraseClient({ ...(await somebody(rig)), body: { running: 'refuse' } }),
  listErasures: async (rig) => rig.as.admin.listErasures(await somebody(rig)),
  getErasure: async (rig) => {
    const { path } = await somebody(rig);
    const started = await rig.as.admin.eraseClient({ path, body: { running: 'end' } });
    if (started.status !== 202) throw new Error(`no erasure: ${started.status}`);
    const named = { path: { id: path.id, erasure_id: started.body.id } };
    expect((await rig.as.admin.getErasure({ path: { ...named.path, id: 999_999 } })).status).toBe(404);
    return rig.as.admin.getErasure(named);
  },
  getCertificateKeys: ({ anyone }) => anyone.getCertificateKeys(),
} as const satisfies Calls;
