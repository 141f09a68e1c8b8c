import { defineUpdate, log, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import { hearCancellation } from '../cancellation.ts';
import type { OutsideEvent } from '../contract/events.ts';
import type { Verdict } from '../contract/messages.ts';
import {
  gateQuery,
  outsideEventsSignal,
  type Request,
  requests,
  retryFailedStepsSignal,
  sessionQuery,
  type UpdateName,
  validate,
} from './messages.ts';
import type { Session } from './session.ts';

/** A signal has no one to refuse to: what has no type is left out, and the log says so. */
function wellFormed(events: readonly OutsideEvent[]): readonly OutsideEvent[] {
  const list: readonly unknown[] = Array.isArray(events) ? events : [];
  const good = list.filter(
    (event): event is OutsideEvent =>
      typeof event === 'object' && event !== null && 'type' in event && typeof event.type === 'string',
  );
  if (!Array.isArray(events) || good.length < list.length) log.warn('malformed events in a signal');
  return good;
}

function handleUpdate<Argument>(session: Session, name: UpdateName, request: Request<Argument>): void {
  const update = defineUpdate<Verdict, [Argument]>(name);
  setHandler(update, (argument: Argument) => session.answer(request.event(argument)), {
    description: request.description,
    validator: (argument: Argument) => validate(request, argument),
  });
}

/** Registers every handler. Each decides in its first synchronous statement. */
export function registerHandlers(session: Session): void {
  setHandler(gateQuery, () => session.gate(), { description: 'Who may pass, as absolute instants.' });
  setHandler(sessionQuery, () => session.view(), { description: 'Everything known of this session.' });

  setHandler(outsideEventsSignal, (events) => session.hearAll(wellFormed(events)), {
    description: 'What the provider, the shop and the ticket tell, in any order, any number of times.',
  });
  setHandler(retryFailedStepsSignal, () => session.hear({ type: 'operator.retry-failed' }), {
    description: 'Repeat every failed step at once; made for a batch by query.',
  });
  setDefaultSignalHandler((name) => log.warn('unknown signal', { name }));

  handleUpdate(session, 'reschedule', requests.reschedule);
  handleUpdate(session, 'cancel', requests.cancel);
  handleUpdate(session, 'requestLateChange', requests.requestLateChange);
  handleUpdate(session, 'decideLateChange', requests.decideLateChange);
  handleUpdate(session, 'decideRefund', requests.decideRefund);
  handleUpdate(session, 'moveCutoff', requests.moveCutoff);
  handleUpdate(session, 'handOver', requests.handOver);
  handleUpdate(session, 'correctEmail', requests.correctEmail);
  handleUpdate(session, 'reissueLink', requests.reissueLink);
  handleUpdate(session, 'resendLink', requests.resendLink);
  handleUpdate(session, 'revokeLink', requests.revokeLink);
  handleUpdate(session, 'revokeAccess', requests.revokeAccess);
  handleUpdate(session, 'restoreAccess', requests.restoreAccess);
  handleUpdate(session, 'retryStep', requests.retryStep);
  handleUpdate(session, 'skipStep', requests.skipStep);
  handleUpdate(session, 'adoptRules', requests.adoptRules);

  void hearCancellation(() => session.hear({ type: 'operator.cancel' }));
}
