/** A message's headers, names as written and compared without case, repeated lines kept. */
export interface HeaderBag {
  get(name: string): readonly string[];
  set(name: string, values: readonly string[]): void;
  delete(name: string): void;
  /** For `http.request` and `writeHead`. */
  toObject(): Record<string, string | string[]>;
}

/** `X-A` and `X_A` are different names, as they are for nginx with `underscores_in_headers on`. */
export function createHeaderBag(rawHeaders: readonly string[]): HeaderBag {
  const held = new Map<string, { name: string; values: string[] }>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const entry = held.get(name.toLowerCase()) ?? { name, values: [] };
    entry.values.push(rawHeaders[at + 1] ?? '');
    held.set(name.toLowerCase(), entry);
  }
  return {
    get: (name) => held.get(name.toLowerCase())?.values ?? [],
    set(name, values) {
      held.set(name.toLowerCase(), { name, values: [...values] });
    },
    delete(name) {
      held.delete(name.toLowerCase());
    },
    toObject: () =>
      Object.fromEntries(
        // Node refuses an array for `Host`, even of one.
        [...held.values()].map(({ name, values }) => [
          name,
          values.length === 1 ? (values[0] ?? '') : values,
        ]),
      ),
  };
}

const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'trailer',
];

/** Removes what belongs to one connection only, and what nginx answers itself. */
export function dropHopByHop(headers: HeaderBag): void {
  const named = headers.get('connection').flatMap((value) => value.split(',').map((name) => name.trim()));
  for (const name of [...hopByHop, ...named, 'expect']) if (name !== '') headers.delete(name);
}
