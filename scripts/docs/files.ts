import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApiDocument } from '../../api/docs/document.ts';
import { allOperations } from '../../api/docs/operations.ts';
import { projectRoot } from '../../platform/data-directory.ts';
import { clientTypes } from './client-types.ts';
import { configurationPage } from './configuration.ts';
import { doctorPage } from './doctor.ts';
import { failuresPage } from './failures.ts';
import { formatted } from './format.ts';
import { houseDrawing, withPart } from './house.ts';
import { metricsPage } from './metrics.ts';
import { postmanCollection, postmanEnvironment } from './postman.ts';

/** Where `npm start` serves the API. */
const LOCAL_URL = 'http://127.0.0.1:3000';

const absolute = (path: string): string => join(projectRoot(), path);

export interface GeneratedFile {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
}

/** Everything that is made from the code, as it should be. */
export function generatedFiles(): readonly GeneratedFile[] {
  const document = createApiDocument(allOperations, { publicUrl: LOCAL_URL });
  const files: Readonly<Record<string, string>> = {
    'docs/openapi.json': JSON.stringify(document, null, 2),
    'docs/postman_collection.json': JSON.stringify(postmanCollection(document), null, 2),
    'docs/postman_environment.local.json': JSON.stringify(postmanEnvironment(document), null, 2),
    'integrations/latchkey/operations.generated.ts': clientTypes(document),
  };
  return [
    ...Object.entries(files).map(([path, text]) => ({ path, text: formatted(path, text) })),
    { path: 'docs/doctor.md', text: doctorPage() },
    { path: 'docs/configuration.md', text: configurationPage() },
    {
      path: 'docs/architecture.md',
      text: withPart(readFileSync(absolute('docs/architecture.md'), 'utf8'), 'house', houseDrawing()),
    },
    { path: 'docs/metrics.md', text: metricsPage() },
    { path: 'docs/failures.md', text: failuresPage() },
  ];
}

/** Those files that are not as they should be. */
export function staleFiles(files: readonly GeneratedFile[] = generatedFiles()): readonly GeneratedFile[] {
  return files.filter(
    ({ path, text }) => !existsSync(absolute(path)) || readFileSync(absolute(path), 'utf8') !== text,
  );
}

export function writeFiles(files: readonly GeneratedFile[]): void {
  for (const { path, text } of files) writeFileSync(absolute(path), text);
}
