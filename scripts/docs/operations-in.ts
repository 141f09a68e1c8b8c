import type { oas31 } from 'zod-openapi';
import type { ApiDocument } from '../../api/docs/document.ts';
import type { Method } from '../../api/operations/operation.ts';

/** One operation of a document, and where it is. */
export interface DocumentedOperation {
  readonly id: string;
  readonly method: Method;
  readonly path: string;
  readonly operation: oas31.OperationObject;
}

const RESPONSES = '#/components/responses/';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const satisfies readonly Method[];

/** Every operation, in the document's order. @throws for one without an id. */
export function operationsIn(document: ApiDocument): readonly DocumentedOperation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (operation === undefined) return [];
      if (operation.operationId === undefined) throw new Error(`${method} ${path} has no id`);
      return [{ id: operation.operationId, method, path, operation }];
    }),
  );
}

/** Its parameters in one place of the request. */
export function parametersIn(
  operation: oas31.OperationObject,
  place: oas31.ParameterLocation,
): readonly oas31.ParameterObject[] {
  return (operation.parameters ?? []).flatMap((one) => ('in' in one && one.in === place ? [one] : []));
}

/** Headers that carry a credential of their own, such as a signature of the body. */
export function credentialHeadersOf(
  document: ApiDocument,
  operation: oas31.OperationObject,
): readonly string[] {
  const schemes = document.components?.securitySchemes ?? {};
  const names = (operation.security ?? []).flatMap((alternative) => Object.keys(alternative));
  return names.flatMap((name) => {
    const scheme = schemes[name];
    return scheme !== undefined && 'in' in scheme && scheme.in === 'header' && scheme.name !== undefined
      ? [scheme.name]
      : [];
  });
}

/** Its answers by status; what the document says once for many operations is looked up. */
export function responsesIn(
  document: ApiDocument,
  operation: oas31.OperationObject,
): readonly (readonly [number, oas31.ResponseObject])[] {
  const shared = document.components?.responses ?? {};
  return Object.entries(operation.responses ?? {}).map(([status, given]) => {
    const response = given as oas31.ResponseObject | oas31.ReferenceObject;
    const found = '$ref' in response ? shared[response.$ref.slice(RESPONSES.length)] : response;
    if (found === undefined || '$ref' in found)
      throw new Error(`a response of ${operation.operationId} is missing`);
    return [Number(status), found] as const;
  });
}
