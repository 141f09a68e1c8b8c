const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const whiteSpace = /[ \t\r\n]*/y;

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** The index after the string that begins at `at`, or the text's end when it is never closed. */
function endOfString(text: string, at: number): number {
  for (let index = at + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') return index + 1;
  }
  return text.length;
}

function isAmountKey(literal: string): boolean {
  if (!literal.includes('\\')) return literal === '"amount"';
  try {
    return JSON.parse(literal) === 'amount';
  } catch {
    return false;
  }
}

/**
 * Puts quotes around each number that stands under a key `amount`, so that money survives `JSON.parse` as the text
 * that Saleor wrote. Everything else, broken JSON included, is left as it is.
 */
export function quoteAmounts(text: string): string {
  let written = '';
  let from = 0;
  let at = text.indexOf('"');
  while (at !== -1) {
    const end = endOfString(text, at);
    const colon = skip(whiteSpace, text, end);
    if (text[colon] === ':' && isAmountKey(text.slice(at, end))) {
      const start = skip(whiteSpace, text, colon + 1);
      const stop = skip(number, text, start);
      if (stop > start) {
        written += `${text.slice(from, start)}"${text.slice(start, stop)}"`;
        from = stop;
      }
    }
    at = text.indexOf('"', Math.max(end, from));
  }
  return written + text.slice(from);
}

/**
 * Parses JSON of Saleor's; numbers under `amount` come as decimal text.
 * @throws {SyntaxError} when it is not JSON.
 */
export function parseSaleorJson(text: string): unknown {
  return JSON.parse(quoteAmounts(text));
}
