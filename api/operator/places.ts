import { auditExport, auditPage } from './audit/page.ts';
import { bookingInCalendlyPage, calendlyAccountPage } from './bookings/calendly.ts';
import { bookingsExport, bookingsPage, deleteBookingsPage } from './bookings/list.ts';
import { bookingPage } from './bookings/one.ts';
import { clientPage, erasurePage, exportClientPage } from './catalog/client.ts';
import {
  calendarPage,
  calendarPages,
  catalogPage,
  clientPages,
  templatePage,
  templatePages,
} from './catalog/kinds.ts';
import { linksExport, linksPage, revokeLinkPage } from './catalog/links.ts';
import { inboxExport, inboxPage, replayInboxPage } from './inbox/list.ts';
import { webhookInPage } from './inbox/one.ts';
import { healthPage } from './installation/health.ts';
import { schedulesPage, triggerPage } from './installation/schedules.ts';
import type { OperatorPages } from './pages.ts';
import { viewPage, viewsPage } from './views-page.ts';
import { deliveryPage, endpointPage } from './webhooks/one.ts';
import { endpointsPage } from './webhooks/list.ts';

/** Every place but the overview and the sessions, in the order of the navigation; words before parameters. */
export function addPlaces(pages: Pick<OperatorPages, 'add'>): void {
  pages.add(bookingsPage, 'bookings');
  for (const page of [
    bookingsExport,
    deleteBookingsPage,
    bookingPage,
    bookingInCalendlyPage,
    calendlyAccountPage,
  ])
    pages.add(page);
  pages.add(inboxPage, 'inbox');
  for (const page of [inboxExport, replayInboxPage, webhookInPage]) pages.add(page);
  pages.add(healthPage, 'health');
  pages.add(schedulesPage, 'schedules');
  pages.add(triggerPage);
  pages.add(endpointsPage, 'webhooks');
  for (const page of [endpointPage, deliveryPage]) pages.add(page);
  pages.add(catalogPage, 'catalog');
  for (const page of [
    ...calendarPages,
    ...templatePages,
    ...clientPages,
    linksPage,
    linksExport,
    revokeLinkPage,
  ])
    pages.add(page);
  for (const page of [calendarPage, templatePage, clientPage, exportClientPage, erasurePage]) pages.add(page);
  pages.add(auditPage, 'audit');
  pages.add(auditExport);
  for (const page of [viewsPage, viewPage]) pages.add(page);
}
