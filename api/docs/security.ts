import type { ZodOpenApiSecuritySchemeObject } from 'zod-openapi';
import type { Access, AnyOperation } from '../operations/operation.ts';

const BEARER = 'bearer';

/** `calendly-webhook-signature` to `calendlyWebhookSignature`. */
const schemeOf = (header: string): string =>
  header.toLowerCase().replaceAll(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());

/** What an operation wants of its caller: one of the alternatives. */
export function securityOf(access: Access): Record<string, string[]>[] {
  switch (access.kind) {
    case 'anyone':
      return [];
    case 'bearer':
      return [{ [BEARER]: [] }];
    case 'signature':
      return [{ [schemeOf(access.header)]: [] }];
    case 'bearer-or-signature':
      return [{ [BEARER]: [] }, { [schemeOf(access.header)]: [] }];
  }
}

/** Who may call, in words; undefined: anyone. */
export function accessInWords(access: Access): string | undefined {
  const roles = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(' or ');
  switch (access.kind) {
    case 'anyone':
      return undefined;
    case 'bearer':
      return `Needs a bearer token of the role ${roles(access.roles)}.`;
    case 'signature':
      return `Needs a valid signature of the body in \`${access.header}\`.`;
    case 'bearer-or-signature':
      return `Needs a bearer token of the role ${roles(access.roles)}, or a valid signature of the body in \`${access.header}\`.`;
  }
}

/** Every scheme that one of the operations wants. */
export function securitySchemesOf(
  operations: readonly AnyOperation[],
): Record<string, ZodOpenApiSecuritySchemeObject> {
  const headers = operations.flatMap(({ access }) => ('header' in access ? [access.header] : []));
  return {
    [BEARER]: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'A token that names a tenant and a role. `npm run token` issues one for a local stack.',
    },
    ...Object.fromEntries(
      [...new Set(headers)].sort().map((header) => [
        schemeOf(header),
        {
          type: 'apiKey',
          in: 'header',
          name: header,
          description: 'The signature of the raw body, as the vendor makes it.',
        },
      ]),
    ),
  };
}
