import { html } from '../../../platform/html.ts';
import { operatorAuditWords } from '../../pages/messages/operator-audit.ts';
import { operatorListsWords } from '../../pages/messages/operator-lists.ts';
import { shown } from '../answers.ts';
import { cursorIn, type Filter, filteredBy, filterForm, listFoot, sendExport } from '../filters.ts';
import { tableCard } from '../table.ts';
import { time } from '../times.ts';
import type { OperatorPage } from '../visit.ts';
import { actionInWords, type AuditEntry, detailsOf, subjectOf } from './list.ts';

const PATH = '/admin/audit';

/** Who did what. */
export const auditPage: OperatorPage = {
  path: PATH,
  async show(visit) {
    const words = operatorAuditWords[visit.language];
    const lists = operatorListsWords[visit.language];
    const filters: readonly Filter[] = [
      { kind: 'text', name: 'subject', label: words.subject, hint: words.subjectHint },
      { kind: 'text', name: 'action', label: words.action, hint: words.actionHint },
    ];
    const filtered = filteredBy(visit, filters);
    const cursor = cursorIn(visit);
    const { items, next_cursor: next } = shown(
      await visit.api.listAudit({
        query: { ...filtered.query, limit: 50, ...(cursor === null ? {} : { cursor }) },
      }),
    );
    return {
      kind: 'view',
      title: words.title,
      place: 'audit',
      body: html`<p>${words.lead}</p>
${filterForm(visit, PATH, filters, filtered)}
${
  items.length === 0
    ? html`<p class="notice">${lists.none}</p>`
    : tableCard<AuditEntry>(
        words.title,
        [
          { heading: words.at, cell: (entry) => time(entry.at, visit) },
          { heading: words.actor, cell: (entry) => entry.actor },
          { heading: words.action, cell: (entry) => actionInWords(entry, visit) },
          { heading: words.subject, cell: subjectOf },
          { heading: words.details, cell: detailsOf },
        ],
        items,
      )
}
${listFoot(visit, PATH, { query: filtered.query, next, csv: true })}`,
    };
  },
};

export const auditExport: OperatorPage = {
  path: `${PATH}.csv`,
  show: (visit) => sendExport(visit, '/api/v1/admin/audit'),
};
