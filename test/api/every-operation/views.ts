import { expect } from '@jest/globals';
import type { Calls, OperationRig } from './rig.ts';

let made = 0;

async function newView({ as }: OperationRig): Promise<{ readonly path: { readonly id: string } }> {
  made += 1;
  const body = {
    list: 'inbox',
    name: `View ${made}`,
    filter: { status: 'quarantined' },
    shared: true,
  } as const;
  const view = await as.admin.createView({ body });
  if (view.status !== 201) throw new Error(`no view: ${view.status}`);
  return { path: { id: view.body.id } };
}

export const viewCalls = {
  createView: async (rig) => {
    await newView(rig);
    const wrong = { list: 'inbox', name: 'Wrong', filter: { phase: 'locked' } } as const;
    expect((await rig.as.admin.createView({ body: wrong })).status).toBe(400);
  },
  listViews: ({ as }) => as.admin.listViews({ query: { list: 'inbox' } }),
  getView: async (rig) => rig.as.admin.getView(await newView(rig)),
  replaceView: async (rig) => {
    const view = await newView(rig);
    const body = { list: 'sessions', name: 'Another list', filter: { phase: 'locked' } } as const;
    const late = { ...view, headers: { 'If-Match': '"another"' }, body };
    expect((await rig.as.admin.replaceView(late)).status).toBe(412);
    return rig.as.admin.replaceView({ ...view, body });
  },
  deleteView: async (rig) => rig.as.admin.deleteView(await newView(rig)),
} as const satisfies Calls;
