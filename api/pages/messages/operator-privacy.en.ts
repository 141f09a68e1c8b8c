/** A person’s data: handed to them, erased, and proof of it. */
export const operatorPrivacyEn = {
  title: 'Personal data',
  export: 'Hand it out',
  exportLead:
    'One document with everything that is known of this person, to hand to them. The audit keeps that it was made.',
  exportNow: 'Download the document',
  erase: 'Erase this person',
  eraseLead:
    'Blanks tickets and rows, empties stored webhooks, asks Calendly to delete what it holds, and certifies what was done and what could not be. It cannot be undone.',
  running: 'While a session or booking runs',
  refuse: 'do nothing',
  end: 'cancel each, with a refund by its policy',
  sure: 'Type the client’s id to be sure',
  notSure: 'This is not the client’s id.',
  eraseNow: 'Erase for good',
  erasures: 'Erasures',
  erasure: 'Erasure',
  status: 'Status',
  asked: 'Asked for',
  by: 'By',
  finished: 'Finished',
  certificate: 'Certificate',
  certificateLead:
    'Signed with Ed25519; anybody can verify it with the keys at /api/v1/public/certificate-keys.',
  done: 'Done',
  notDone: 'Not possible',
  what: 'What',
  count: 'How many',
  why: 'Why',
  stillRuns: 'It runs. Look again in a minute.',
  unreadable:
    'What it says cannot be read any more, since its key is not in use; the certificate itself is good.',
  statuses: { running: 'runs', done: 'done' },
};

export type OperatorPrivacyWords = typeof operatorPrivacyEn;
