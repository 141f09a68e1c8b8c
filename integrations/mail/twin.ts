import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { type Html, html } from '../../platform/html.ts';
import type { Neighbour, PageTable } from '../sandbox/page.ts';
import { startTwin, type Twin, type TwinLog } from '../sandbox/twin.ts';

/** A mail as it was handed in. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly messageId: string;
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
  readonly at: Date;
}

export interface MailTwin extends Twin {
  /** For `SMTP_URL`. */
  readonly smtpUrl: string;
  /** Oldest first. */
  readonly mails: () => readonly TakenMail[];
  /** The server answers each mail with this from here on; null: it takes them again. */
  refuse(code: number | null): void;
}

/** Quoted-printable and encoded words, as far as a mail of ours uses them. */
function decodedQuoted(text: string): string {
  const bytes = text
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function decodedWord(text: string): string {
  return text.replace(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, kind: string, body: string) =>
    kind.toLowerCase() === 'b'
      ? Buffer.from(body, 'base64').toString('utf8')
      : decodedQuoted(body.replace(/_/g, ' ')),
  );
}

/** @param raw the message, headers and all. */
export function readMail(raw: string): Pick<TakenMail, 'messageId' | 'subject' | 'text'> {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const header = (name: string): string => {
    const line = lines.find((one) => one.toLowerCase().startsWith(`${name}:`));
    return line?.slice(name.length + 1).trim() ?? '';
  };
  const body = rest.join('\r\n\r\n');
  const encoding = header('content-transfer-encoding').toLowerCase();
  const text =
    encoding === 'base64'
      ? Buffer.from(body, 'base64').toString('utf8')
      : encoding === 'quoted-printable'
        ? decodedQuoted(body)
        : body;
  return {
    messageId: header('message-id'),
    subject: decodedWord(header('subject')),
    text: text.replaceAll('\r\n', '\n').trim(),
  };
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Addresses in a text become links. */
function withLinks(text: string): readonly (Html | string)[] {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part) => (/^https?:/.test(part) ? html`<a href="${part}">${part}</a>` : part));
}

function mailView(mails: readonly TakenMail[]): string {
  const boxes = mails.map(
    ({ subject, to, at, text }) => html`<article class="box"><h3>${subject}</h3>
<p class="hint">to ${to.join(', ')}, ${at.toISOString()}</p><p class="text">${withLinks(text)}</p></article>`,
  );
  return html`<p>What needs attention is mailed to operators. These mails went nowhere else.</p>
<h2>Mails (${boxes.length})</h2>${boxes.length === 0 ? html`<p class="hint">No mail was handed in yet.</p>` : boxes.toReversed()}`
    .text;
}

/** A mail server that delivers nothing: it shows on a page what was handed in. */
export async function startMailTwin(options: {
  /** 0 takes any free port, for each of the two. */
  readonly port: number;
  readonly smtpPort: number;
  readonly log?: TwinLog;
  /** Where the page leads besides. */
  readonly neighbours?: () => readonly Neighbour[];
}): Promise<MailTwin> {
  const taken: TakenMail[] = [];
  let refusal: number | null = null;
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => done(null, { user: 'sandbox' }),
    onData(stream, session, done) {
      void readAll(stream as AsyncIterable<Buffer>).then((raw) => {
        if (refusal !== null) {
          done(Object.assign(new Error('Told to refuse'), { responseCode: refusal }));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        taken.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          ...readMail(raw),
          at: new Date(),
        });
        done();
      }, done);
    },
  });
  smtp.listen(options.smtpPort, '127.0.0.1');
  await once(smtp.server, 'listening');
  // A client that goes away without a word is its own business.
  smtp.on('error', () => undefined);
  const { port } = smtp.server.address() as AddressInfo;

  const tables = (): readonly PageTable[] => [
    {
      title: 'Mails',
      columns: ['When', 'To', 'Subject', 'Text'],
      rows: taken
        .map(({ at, to, subject, text }) => [at.toISOString(), to.join(', '), subject, text])
        .toReversed(),
    },
  ];
  const twin = await startTwin(
    {
      vendor: 'Mail server',
      listener: (_request, response) => void response.writeHead(302, { location: '/__sandbox' }).end(),
      errorBody: () => ({ contentType: 'text/plain', body: 'Told to fail' }),
      tables,
      view: () => mailView(taken),
    },
    options,
  );
  return {
    ...twin,
    smtpUrl: `smtp://127.0.0.1:${port}`,
    mails: () => taken,
    refuse(code) {
      refusal = code;
    },
    async close() {
      await Promise.all([twin.close(), new Promise<void>((done) => smtp.close(done))]);
    },
  };
}
