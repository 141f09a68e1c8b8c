import { createHash } from 'node:crypto';
import { Html, html } from '../../platform/html.ts';

const style = `:root{color-scheme:light dark}
*{box-sizing:border-box}
body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:40rem;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}
dt{font-weight:600}
dd{margin:0 0 .75rem}
a{color:LinkText}
a,button{padding:.5rem 0}
button{font:inherit;padding:.6rem 1rem;min-height:2.75rem;width:100%;cursor:pointer}
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

// A gateway in between passes only the headers it was told to; `frame-ancestors` works only as a header.
const metaPolicy = Object.entries(pagePolicy)
  .filter(([name]) => name !== 'frame-ancestors')
  .map(([name, values]) => `${name} ${values.join(' ')}`)
  .join('; ');

/** A whole page; `title` is its heading too. */
export function renderPage(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="${metaPolicy}">
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
