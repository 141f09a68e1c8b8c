import { createLatchkeyClient } from '../../integrations/latchkey/client.ts';
import type { StackAddresses } from '../stack/addresses.ts';
import { expectThat, observe } from './observe.ts';
import type { DemoReport } from './report.ts';
import type { Vendors } from './vendors.ts';

const PATIENCE_MS = 60_000;
const AHEAD_MS = 24 * 60 * 60 * 1000;

const visitor = {
  firstName: 'John',
  lastName: 'Doe',
  companyName: 'Acme Corp',
  companyWebsite: 'https://acme.example',
  position: 'CEO',
  isDecisionMaker: true,
  email: 'john.visitor@example.com',
} as const;

/** The second way in: a visitor who has bought nothing asks for a meeting, and books it in Calendly. */
export async function arrangeMeeting(deps: {
  readonly stack: StackAddresses;
  readonly vendors: Pick<Vendors, 'book'>;
  readonly report: DemoReport;
}): Promise<void> {
  const { stack, vendors, report } = deps;
  const api = createLatchkeyClient({ baseUrl: stack.publicUrl });

  const asked = await report.step('a visitor asks for a meeting', async () => {
    const answer = await api.createBooking({ body: visitor });
    expectThat(answer.status === 201, `expected 201, saw ${answer.status}`);
    const { booking, calendlyLink } = answer.body.results;
    expectThat(calendlyLink.startsWith(`${stack.calendly.url}/d/`), 'the link is not one of their own');
    return {
      detail: `booking ${booking._id}, a link of their own`,
      value: { id: booking._id, calendlyLink },
    };
  });

  await report.step('the meeting is booked', async () => {
    await vendors.book(asked.calendlyLink, new Date(Date.now() + AHEAD_MS));
    const booked = await observe('the scheduled booking', PATIENCE_MS, async () => {
      const answer = await api.getBooking({ path: { id: asked.id } });
      if (answer.status !== 200) return undefined;
      const { booking } = answer.body.results;
      return booking.status === 'scheduled' ? booking : undefined;
    });
    return { detail: `starts at ${booked.scheduledAt}`, value: undefined };
  });
}
