import { condition, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';
import type { OutsideEvent } from '../../workflows/contract/events.ts';
import { OUTSIDE_EVENTS } from '../../workflows/contract/messages.ts';

/** As much of a session as intake can see: it hears what it is told, for ever. */
export async function sessionWorkflow(): Promise<void> {
  const heard: OutsideEvent[] = [];
  setHandler(defineSignal<[readonly OutsideEvent[]]>(OUTSIDE_EVENTS), (events) => void heard.push(...events));
  setHandler(defineQuery<readonly OutsideEvent[]>('heard'), () => heard);
  await condition(() => false);
}
