import type { Database } from '../../db/connect.ts';
import { accountsOfAddress, giveCode, mailboxOfAddress, rememberArticle } from '../../db/queries/login.ts';
import type { ZammadArticles } from '../../integrations/zammad/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { languageOf } from '../../platform/language.ts';
import { codeMail } from './code-mail.ts';
import { codeHashOf, newCode } from './codes.ts';
import type { LoginLog } from './log.ts';

/**
 * Makes a challenge's code and mails it, where the address is somebody's. An address that is nobody's, or whose
 * sessions have no ticket yet, gets nothing; the caller's answer does not depend on it.
 *
 * @throws {CodedFailure} when Zammad did not take the mail; the client can ask again.
 */
export type SendCode = (challenge: string, emailKey: string) => Promise<void>;

/**
 * The code travels as an article of the session's own ticket: a mail, but internal, so that neither the client's
 * view of the ticket nor a later mail about it repeats it, and so that Zammad lets us delete it again.
 */
export function createSendCode(deps: {
  readonly db: Database;
  readonly zammad: Pick<ZammadArticles, 'addArticle'>;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly log: LoginLog;
}): SendCode {
  return async (challenge, emailKey) => {
    const [accounts, mailbox] = await Promise.all([
      accountsOfAddress(deps.db, emailKey, 1),
      mailboxOfAddress(deps.db, emailKey),
    ]);
    if (accounts[0] === undefined) return;
    if (mailbox === undefined) {
      deps.log.warn({ clientId: accounts[0].clientId }, 'login code not sent: no session has a ticket yet');
      return;
    }
    const code = newCode();
    const hash = codeHashOf(deps.keys, challenge, code);
    if (!(await giveCode(deps.db, challenge, hash, new Date(deps.clock())))) return;
    const articleId = await deps.zammad.addArticle(mailbox.ticketId, {
      ...codeMail(code, languageOf(mailbox.language)),
      mailTo: mailbox.address,
      internal: true,
    });
    await rememberArticle(deps.db, challenge, articleId);
    deps.log.info({ ticketId: mailbox.ticketId, articleId }, 'login code sent');
  };
}
