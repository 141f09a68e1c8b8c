import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { Html, html } from '../../platform/html.ts';
import type { Language } from '../../platform/language.ts';
import { style } from './style.ts';

/** What a page may reach beside itself. Nothing is allowed that is not named here. */
export interface PageNeeds {
  /**
   * Origins that a form of the page may lead to beside ours: browsers check the address that its answer redirects to
   * as well.
   */
  readonly formTargets?: readonly string[];
  /** Our own scripts, written into the page at its end. */
  readonly scripts?: readonly string[];
  /** Scripts of others, by their whole address, loaded before ours. */
  readonly outsideScripts?: readonly string[];
  /** Origins that may be shown in a frame. */
  readonly frames?: readonly string[];
  /** Origins whose style sheets a script of others may bring. */
  readonly outsideStyles?: readonly string[];
  /** Our scripts may ask our own origin. */
  readonly asksUs?: boolean;
  /** Origins of pages that may show this one in a frame. Default: none may. */
  readonly framedBy?: string;
}

export interface Page extends PageNeeds {
  readonly language: Language;
  /** The page's heading too. */
  readonly title: string;
  readonly body: Html;
  /** What stands above the heading, as who is speaking and where one can go from here. */
  readonly top?: Html;
  readonly foot?: Html | undefined;
  /** For tables: twice as wide where there is room. */
  readonly wide?: boolean;
}

/** A page, and the policy (Content Security Policy 3) that it is to be sent with. */
export interface RenderedPage {
  readonly text: string;
  readonly policy: string;
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const styleHash = hashOf(style);

/** The policy of a page that needs nothing, as directives. */
export const pagePolicy = {
  'default-src': ["'none'"],
  'style-src': [styleHash],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
} as const;

function directivesOf(needs: PageNeeds): Readonly<Record<string, readonly string[]>> {
  const scripts = [...(needs.scripts ?? []).map(hashOf), ...(needs.outsideScripts ?? [])];
  const frames = needs.frames ?? [];
  return {
    ...pagePolicy,
    'style-src': [styleHash, ...(needs.outsideStyles ?? [])],
    'form-action': [...pagePolicy['form-action'], ...(needs.formTargets ?? [])],
    'frame-ancestors': [needs.framedBy ?? "'none'"],
    ...(scripts.length > 0 && { 'script-src': scripts }),
    ...(frames.length > 0 && { 'frame-src': frames }),
    ...(needs.asksUs === true && { 'connect-src': ["'self'"] }),
  };
}

const policyText = (directives: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(directives)
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join('; ');

/** A whole page. */
export function renderPage(page: Page): RenderedPage {
  const directives = directivesOf(page);
  // A gateway in between passes only the headers it was told to; `frame-ancestors` works only as a header.
  const { 'frame-ancestors': _, ...inPage } = directives;
  const { text } = html`<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="${policyText(inPage)}">
<title>${page.title}</title>
<style>${new Html(style)}</style>
</head>
<body${page.wide === true && new Html(' class="wide"')}>
${page.top !== undefined && html`<header class="top">${page.top}</header>`}
<main>
<h1>${page.title}</h1>
${page.body}
</main>
${page.foot !== undefined && html`<footer class="foot">${page.foot}</footer>`}
${(page.outsideScripts ?? []).map((address) => html`<script src="${address}" defer></script>`)}
${(page.scripts ?? []).map((script) => html`<script>${new Html(script)}</script>`)}
</body>
</html>
`;
  return { text, policy: policyText(directives) };
}

/** Answers with a page, its policy in the header too. */
export function sendPage(res: Response, status: number, page: RenderedPage): void {
  res.status(status).set('content-security-policy', page.policy).type('html').send(page.text);
}
