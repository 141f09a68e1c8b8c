/** A route of the public listener that is not an operation of the API. */
export interface UndescribedRoute {
  /** As Express writes it. */
  readonly path: string;
  readonly reason: string;
}

/** The readable reference: a page and its files. */
export const referenceRoutes = [
  { path: '/docs', reason: 'the reference itself, for people' },
  { path: '/docs/initializer.js', reason: 'a file of the reference' },
  { path: '/docs/swagger-ui.css', reason: 'a file of the reference' },
  { path: '/docs/swagger-ui-bundle.js', reason: 'a file of the reference' },
  { path: '/docs/favicon-32x32.png', reason: 'a file of the reference' },
] as const satisfies readonly UndescribedRoute[];
