/**
 * Renders as Python's `json.dumps` does, which is what Saleor signs: `, ` and `: ` between things, everything beyond
 * ASCII as `\uXXXX`. Decimal text under a key `amount` becomes a bare number, the reverse of `parseSaleorJson`.
 */
export function renderPythonJson(value: unknown, key?: string): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return key === 'amount' ? value : renderText(value);
  if (Array.isArray(value)) return `[${value.map((item) => renderPythonJson(item)).join(', ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => `${renderText(name)}: ${renderPythonJson(member, name)}`);
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value);
}

function renderText(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
