import { createTransport } from 'nodemailer';

/** A mail of plain text. */
export interface Mail {
  /** Names the mail for ever: one that is handed in twice is known for the same by who gets it. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
}

/** Hands mails in at one server. */
export interface MailSender {
  /** @throws when the server did not take it, or nobody knows whether it did. */
  send(mail: Mail): Promise<void>;
  /** @throws when the server cannot be reached, or refuses who we say we are. */
  verify(): Promise<void>;
  close(): void;
}

export interface MailSettings {
  readonly smtpUrl: string;
  readonly from: string;
  readonly to: readonly string[];
  /** Each step of the conversation, in milliseconds. */
  readonly timeoutMs: number;
  /** A password is never sent in clear, but on one's own machine. */
  readonly requireTls: boolean;
}

export function createMailSender({ smtpUrl, from, to, timeoutMs, requireTls }: MailSettings): MailSender {
  const { protocol, hostname, port, username, password } = new URL(smtpUrl);
  const secure = protocol === 'smtps:';
  const transport = createTransport({
    host: hostname,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: requireTls && !secure && username !== '',
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // What is mailed is ours: nothing of it is ever fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    async send({ id, subject, text }) {
      await transport.sendMail({
        from,
        to: [...to],
        subject,
        text,
        messageId: `<${id}@${domain}>`,
        // Nobody's holiday answers it (RFC 3834).
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    },
    async verify() {
      await transport.verify();
    },
    close: () => transport.close(),
  };
}
