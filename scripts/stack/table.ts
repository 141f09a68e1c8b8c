import type { Stack } from './start-stack.ts';

/** Rows of two columns, aligned. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n');
}

/** What a person sees when everything is up: the addresses, and what to try next. */
export function addressTable({ addresses, pages }: Stack): string {
  const page = (vendor: string) => pages.find((one) => one.vendor === vendor)?.url;
  const rows: (readonly [string, string])[] = [
    ['Temporal UI', addresses.temporal.uiUrl ?? `(of ${addresses.temporal.address})`],
    ['Codec for its payloads', addresses.codecUrl],
    ['API', addresses.publicUrl],
    ['API, its reference', `${addresses.publicUrl}/docs`],
    ['Pages for operators', `${addresses.publicUrl}/admin`],
    ['API, internal', addresses.internalUrl],
    ['API, its metrics', `${addresses.internalUrl}/metrics`],
    ...(addresses.workerMetricsUrl ? [['Worker, its metrics', addresses.workerMetricsUrl] as const] : []),
    ['Gateway', addresses.gatewayUrl],
    ...pages.map(({ vendor, url }) => [`${vendor} (sandbox)`, url] as const),
    ['PostgreSQL', addresses.databaseUrl.replace(/:\/\/[^@]*@/, '://')],
  ];
  const shop = page('saleor');
  const next = [
    ...(shop ? [`Pay for a session at ${shop}`] : []),
    ...(page('zammad') ? [`Open the link in its ticket at ${page('zammad')}`] : []),
    ...(addresses.temporal.uiUrl
      ? [
          `Watch its run at ${addresses.temporal.uiUrl}/namespaces/${addresses.temporal.namespace}/workflows`,
          `To see what it holds, sign in at ${addresses.codecUrl}/login with a token of: npm run token -- --role admin --tenant 1`,
        ]
      : []),
    `Look after sessions at ${addresses.publicUrl}/admin, with a token of: npm run token -- --role admin --tenant 1`,
    `Read and try the API at ${addresses.publicUrl}/docs, with a token of: npm run token -- --role admin --tenant 1`,
    'See a whole session in a minute: npm run demo -- --running',
  ];
  return `\n${columns(rows)}\n\nTry next:\n${next.map((line, index) => `  ${index + 1}. ${line}`).join('\n')}\n\nCtrl-C ends it; npm run reset clears its data.\n`;
}
