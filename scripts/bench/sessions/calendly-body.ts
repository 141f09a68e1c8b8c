const API = 'https://api.calendly.com';

/** A booking's webhook as Calendly writes it, the n-th of its kind. */
export function calendlyBody(n: number): string {
  const id = n.toString(16).padStart(12, '0');
  const event = `${API}/scheduled_events/7f3c1d52-0b6e-4a0f-9f0a-${id}`;
  const invitee = `2b9d7c10-55aa-4b7e-8e21-${id}`;
  const at = new Date().toISOString().replace('Z', '000Z');
  return JSON.stringify({
    event: 'invitee.created',
    created_at: at,
    created_by: `${API}/users/0d3f4a5b-1111-4222-8333-944455556666`,
    payload: {
      uri: `${event}/invitees/${invitee}`,
      event,
      status: 'active',
      email: 'ada@example.test',
      name: 'Ada Example',
      created_at: at,
      updated_at: at,
      rescheduled: false,
      old_invitee: null,
      new_invitee: null,
      no_show: null,
      payment: null,
      questions_and_answers: [{ question: 'What should we prepare?', answer: 'Tax return', position: 0 }],
      cancel_url: `https://calendly.com/cancellations/${invitee}`,
      reschedule_url: `https://calendly.com/reschedulings/${invitee}`,
      timezone: 'Europe/Berlin',
      tracking: { utm_campaign: 'booking-1', utm_source: 'session-booking', utm_content: `bk_${id}.s1gN` },
      scheduled_event: {
        uri: event,
        name: '60 min paid session',
        status: 'active',
        start_time: '2030-03-28T09:00:00.000000Z',
        end_time: '2030-03-28T10:00:00.000000Z',
        event_type: `${API}/event_types/a1b2c3d4-0000-4000-8000-000000000010`,
        location: { type: 'zoom_conference', status: 'pushed', join_url: 'https://zoom.example.test/j/111' },
        invitees_counter: { total: 1, active: 1, limit: 1 },
        created_at: at,
        updated_at: at,
        event_memberships: [{ user: `${API}/users/0d3f4a5b-1111-4222-8333-944455556666` }],
        event_guests: [],
      },
    },
  });
}
