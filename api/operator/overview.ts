import { html } from '../../platform/html.ts';
import { operatorFrameWords } from '../pages/messages/operator-frame.ts';
import { shown } from './answers.ts';
import type { OperatorPage } from './visit.ts';

/** What an operator looks at first. */
export const overviewPage: OperatorPage = {
  path: '/admin',
  async show({ api, language }) {
    const words = operatorFrameWords[language];
    const { items } = shown(await api.listSessions({ query: { attention: 'true', limit: 20 } }));
    const listed = items.map(({ id, product }) => html`<li>${product} <code>${id}</code></li>`);
    return {
      kind: 'view',
      title: words.places.overview,
      place: 'overview',
      body: html`<ul>${listed}</ul>`,
    };
  },
};
