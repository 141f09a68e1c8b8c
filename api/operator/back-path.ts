/** Where a sign-in leads on to when nothing else is asked for. */
const FRONT = '/admin';
const ORIGIN = 'http://ours.invalid';

/** A path of ours below `/admin` to go on to, whatever was asked for; never another site, and never the way out. */
export function backPath(asked: unknown): string {
  if (typeof asked !== 'string' || !asked.startsWith(FRONT) || asked.length > 2000) return FRONT;
  // As a browser would read it: backslashes and dots among it.
  if (!URL.canParse(asked, ORIGIN)) return FRONT;
  const { origin, pathname, search } = new URL(asked, ORIGIN);
  if (origin !== ORIGIN || !/^\/admin(\/[\w/-]*)?$/.test(pathname)) return FRONT;
  return pathname.startsWith('/admin/sign-') ? FRONT : pathname + search;
}
