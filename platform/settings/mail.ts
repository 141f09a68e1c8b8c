import { mailAddress, mailAddresses, smtpUrl } from '../config-values.ts';
import { settingWords } from './words.ts';

export const mailSettings = () => ({
  SMTP_URL: smtpUrl()
    .optional()
    .register(settingWords, {
      meaning:
        'Where mails about what needs attention are handed in, such as `smtps://user:password@mail.example.com`. ' +
        'With `smtp://` and a user the connection must come to TLS by STARTTLS.',
      readBy: 'API',
      secret: true,
      neededWhen: 'with `ATTENTION_MAIL_TO`',
      otherwise: 'in development the sandbox mailbox',
    }),
  MAIL_FROM: mailAddress('who mails about what needs attention are from').optional().register(settingWords, {
    meaning: 'Who they are from.',
    readBy: 'API',
    neededWhen: 'with `ATTENTION_MAIL_TO`',
  }),
  ATTENTION_MAIL_TO: mailAddresses().register(settingWords, {
    meaning: 'Who is mailed about what needs attention.',
    readBy: 'API',
    otherwise: 'nobody',
  }),
});
