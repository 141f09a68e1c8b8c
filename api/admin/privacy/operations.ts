import { z } from 'zod';
import { problems } from '../../operations/family.ts';
import { describeOperation } from '../../operations/operation.ts';
import { idTextSchema, textSchema } from '../../request-shape.ts';
import { cursorSchema, limitSchema, pageSchemaOf } from '../paging.ts';
import { erasureExample, erasureSchema } from './model.ts';

const shared = {
  tag: 'privacy',
  family: problems,
  access: { kind: 'bearer', roles: ['admin'] },
} as const;

const CLIENT = '/api/v1/admin/clients/{id}';
const clientParams = z.strictObject({ id: idTextSchema });

export const eraseOperation = describeOperation({
  ...shared,
  id: 'eraseClient',
  method: 'post',
  path: `${CLIENT}/erase`,
  summary: 'Erase a person',
  description:
    'Ends what runs, where `running` says so, blanks tickets and rows, empties stored webhooks, asks Calendly to delete ' +
    'what it holds, and certifies what was done and what could not be. It takes as long as the vendors take; ask ' +
    'again under `Location`. A client is erased once: a repeat is answered with the same erasure. What begins in the ' +
    'meantime is ended, too.',
  params: clientParams,
  body: z
    .strictObject(
      {
        running: z.enum(['refuse', 'end']).meta({
          description:
            '`refuse`: nothing is done while a session or booking runs. `end`: each is cancelled, with a refund by its policy.',
        }),
        reason: textSchema(500).optional().meta({ description: 'Why: for the audit, and nowhere else.' }),
      },
      'the body must be a JSON object',
    )
    .meta({ id: 'EraseClient' }),
  bodyExample: { running: 'refuse' },
  answers: {
    200: {
      description: 'The person is erased.',
      body: erasureSchema,
      example: { ...erasureExample, status: 'done', finished_at: '2026-11-21T10:01:00Z' },
    },
    202: {
      description: 'It runs.',
      body: erasureSchema,
      example: erasureExample,
      headers: { Location: 'Where it is told how far it is.' },
    },
  },
  refusals: ['not-found', 'refused'],
});

export const listErasuresOperation = describeOperation({
  ...shared,
  id: 'listErasures',
  method: 'get',
  path: `${CLIENT}/erasures`,
  summary: 'A client’s erasures, newest first',
  params: clientParams,
  query: z.strictObject({
    limit: limitSchema,
    cursor: cursorSchema(z.tuple([z.int().min(0).max(8.64e15), textSchema(100)])).optional(),
  }),
  answers: {
    200: {
      description: 'A page of erasures.',
      body: pageSchemaOf(erasureSchema),
      example: { items: [erasureExample], next_cursor: null },
    },
  },
  refusals: ['not-found'],
});

export const readErasureOperation = describeOperation({
  ...shared,
  id: 'getErasure',
  method: 'get',
  path: `${CLIENT}/erasures/{erasure_id}`,
  summary: 'One erasure, with its certificate once it is done',
  params: clientParams.extend({ erasure_id: z.string().regex(/^[\w-]{22}$/) }),
  answers: { 200: { description: 'The erasure.', body: erasureSchema, example: erasureExample } },
  refusals: ['not-found'],
});

const recordSchema = z.record(z.string(), z.unknown());

export const exportOperation = describeOperation({
  ...shared,
  id: 'exportClient',
  method: 'get',
  path: `${CLIENT}/export`,
  summary: 'Everything that is known of a person',
  description:
    'One document to hand to the person: their particulars, orders, sessions with what happened in them, appointments, ' +
    'links, bookings, and the vendors’ webhooks that name them. Of a webhook about several people only its kind and ' +
    'time are told.',
  params: clientParams,
  answers: {
    200: {
      description: 'The document.',
      body: z
        .object({
          exported_at: z.iso.datetime(),
          client: recordSchema,
          orders: z.array(recordSchema),
          sessions: z.array(recordSchema),
          appointments: z.array(recordSchema),
          links: z.array(recordSchema),
          bookings: z.array(recordSchema),
          webhooks: z.array(recordSchema),
          audit: z.array(recordSchema),
        })
        .meta({ id: 'ClientExport' }),
      example: {
        exported_at: '2026-11-21T10:00:00Z',
        client: { id: 123, email: 'ada@example.com' },
        orders: [],
        sessions: [],
        appointments: [],
        links: [],
        bookings: [],
        webhooks: [],
        audit: [],
      },
      headers: { 'Content-Disposition': 'The name of a file.' },
    },
  },
  refusals: ['not-found'],
});

export const certificateKeysOperation = describeOperation({
  id: 'getCertificateKeys',
  method: 'get',
  path: '/api/v1/public/certificate-keys',
  tag: 'privacy',
  summary: 'The keys that certificates of erasure are verified with',
  description: 'A JWK Set (RFC 7517) of Ed25519 keys. A certificate’s header names its key.',
  family: problems,
  access: { kind: 'anyone' },
  answers: {
    200: {
      description: 'The keys.',
      body: z
        .object({
          keys: z.array(
            z.object({
              kty: z.string(),
              crv: z.string(),
              x: z.string(),
              kid: z.string(),
              alg: z.string(),
              use: z.string(),
            }),
          ),
        })
        .meta({ id: 'CertificateKeys' }),
      example: {
        keys: [
          {
            kty: 'OKP',
            crv: 'Ed25519',
            x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
            kid: '2026',
            alg: 'EdDSA',
            use: 'sig',
          },
        ],
      },
    },
  },
  refusals: [],
});
