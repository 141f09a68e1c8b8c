import type { Check } from '../setup/check.ts';
import type { MailSender } from './sender.ts';

/** @param sender null: nobody is to be mailed. */
export function mailChecks(sender: MailSender | null): readonly Check[] {
  return [
    {
      name: 'mail-attention',
      subject: 'Somebody is mailed about what needs attention, and the mail server takes our login',
      remedy:
        'Set `SMTP_URL`, `MAIL_FROM` and `ATTENTION_MAIL_TO`; compare user and password of `SMTP_URL` with the mail server.',
      after: [],
      async look() {
        if (sender === null)
          return {
            status: 'warning',
            message:
              'Nobody is mailed about what needs attention: it is on tickets, pages and webhooks alone',
            remedy:
              'Set `SMTP_URL`, `MAIL_FROM` and `ATTENTION_MAIL_TO`, unless a webhook with `session.attention_raised` is enough.',
          };
        try {
          await sender.verify();
          return { status: 'ok', message: 'The mail server takes our login' };
        } catch (error) {
          const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
          return { status: 'failed', message: `The mail server does not take mails of ours (${code})` };
        } finally {
          sender.close();
        }
      },
    },
  ];
}
