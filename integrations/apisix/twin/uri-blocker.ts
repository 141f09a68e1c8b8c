/** PCRE's `(?i:letters)` as character classes; JavaScript has no inline flags. */
function expandInlineCase(rule: string): string {
  return rule.replace(/\(\?i:([A-Za-z]+)\)/g, (_, letters: string) =>
    letters.replace(/./g, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`),
  );
}

/** One block rule. @throws {SyntaxError} for a rule that is no regular expression. */
export function compileBlockRule(rule: string, caseInsensitive: boolean): RegExp {
  return new RegExp(expandInlineCase(rule), caseInsensitive ? 'i' : '');
}

/** Searched unanchored in the normalised, decoded path and the raw query. */
export function isBlocked(
  conf: { readonly block_rules: readonly string[]; readonly case_insensitive: boolean },
  requestUri: string,
): boolean {
  return conf.block_rules.some((rule) => compileBlockRule(rule, conf.case_insensitive).test(requestUri));
}
