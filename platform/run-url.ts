/**
 * A run's page in Temporal UI.
 *
 * @param uiUrl where Temporal UI is, or null: then there is no page to lead to.
 */
export function runUrlOf(uiUrl: string | null, namespace: string, workflowId: string): string | null {
  if (uiUrl === null) return null;
  const base = uiUrl.replace(/\/+$/, '');
  return `${base}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
}
