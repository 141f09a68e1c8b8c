import { createHash } from 'node:crypto';
import { Html, html } from '../../platform/html.ts';

const style = `:root{color-scheme:light dark}
*{box-sizing:border-box}
body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:40rem;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}
h2{font-size:1.2rem}
dt{font-weight:600}
dd{margin:0 0 .75rem}
a{color:LinkText}
a,button{padding:.5rem 0}
button{font:inherit;padding:.6rem 1rem;min-height:2.75rem;width:100%;cursor:pointer}
input{font:inherit;padding:.6rem;min-height:2.75rem;width:100%;max-width:24rem}
form{margin:.75rem 0}
.note{border-inline-start:.25rem solid;padding:.25rem .75rem}
@media (min-width:30rem){button{width:auto}}`;

const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

/** What a page of ours may do: show itself in its own style and send its own forms. No script at all. */
export const pagePolicy = {
  'default-src': ["'none'"],
  'style-src': [styleHash],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
} as const;

/**
 * The policy as text.
 *
 * @param formTargets origins that a form of the page may lead to beside ours: browsers check the address that its
 * answer redirects to as well.
 */
export function pagePolicyText(formTargets: readonly string[] = []): string {
  const policy = { ...pagePolicy, 'form-action': [...pagePolicy['form-action'], ...formTargets] };
  return Object.entries(policy)
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join('; ');
}

// A gateway in between passes only the headers it was told to; `frame-ancestors` works only as a header.
const metaPolicy = (formTargets: readonly string[]): string =>
  pagePolicyText(formTargets).replace("; frame-ancestors 'none'", '');

/** A whole page; `title` is its heading too. */
export function renderPage(title: string, body: Html, formTargets: readonly string[] = []): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="${metaPolicy(formTargets)}">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text;
}
