import { z } from 'zod';
import { saleorManifest } from '../../integrations/saleor/manifest.ts';
import { problems } from '../operations/family.ts';
import { describeOperation } from '../operations/operation.ts';
import { reply, type Routes } from '../operations/routes.ts';

const manifestSchema = z
  .object({
    id: z.string(),
    version: z.string(),
    name: z.string(),
    about: z.string(),
    author: z.string(),
    permissions: z.array(z.string()),
    appUrl: z.url(),
    tokenTargetUrl: z.url(),
    requiredSaleorVersion: z.string(),
    extensions: z.array(z.never()),
    webhooks: z.array(
      z.object({
        name: z.string(),
        asyncEvents: z.array(z.string()),
        query: z.string(),
        targetUrl: z.url(),
        isActive: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'SaleorManifest' });

export const saleorManifestOperation = describeOperation({
  id: 'getSaleorManifest',
  method: 'get',
  path: '/saleor/manifest',
  tag: 'vendors',
  summary: 'What a Saleor shop reads to install the app',
  description:
    'Give this address to Saleor’s “Install app from manifest”. All addresses in it are those of `PUBLIC_URL`, ' +
    'whatever the request calls us.',
  family: problems,
  access: { kind: 'anyone' },
  answers: {
    200: {
      description: 'The manifest.',
      body: manifestSchema,
      example: saleorManifest('https://latchkey.example.com'),
    },
  },
  refusals: [],
});

export function addSaleorManifestRoute(routes: Routes, { publicUrl }: { readonly publicUrl: string }): void {
  routes.add(saleorManifestOperation, async () => reply(200, saleorManifest(publicUrl)));
}
