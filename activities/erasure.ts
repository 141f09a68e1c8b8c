import {
  appointmentsOfPerson,
  blankPerson,
  personOfErasure,
  runsOfPerson,
} from '../db/queries/erase-person.ts';
import { storeCertificate } from '../db/queries/erasures.ts';
import type { Client } from '../db/tables.ts';
import { signCertificate } from '../platform/certificates.ts';
import { CodedFailure } from '../platform/failures.ts';
import type { ErasureActivities } from '../workflows/contract/erasure.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** What an erased person's ticket is called. */
const BLANK_TITLE = 'Erased';

export function erasureActivities({
  db,
  clock,
  zammad,
  calendly,
  linkKeys,
}: Pick<ActivityDependencies, 'db' | 'clock' | 'zammad' | 'calendly' | 'linkKeys'>): Pick<
  ErasureActivities,
  keyof ErasureActivities
> {
  const personOf = async (erasureId: string): Promise<Client> => {
    const found = await personOfErasure(db, erasureId);
    if (!found) throw new CodedFailure('row-missing', `no erasure ${erasureId}`);
    return found.client;
  };

  /** @returns false when Zammad's policy keeps it for ever. */
  const deleteArticle = async (articleId: number): Promise<boolean> => {
    try {
      await zammad.deleteArticle(articleId);
      return true;
    } catch (error) {
      if (error instanceof CodedFailure && error.code === 'vendor-forbidden') return false;
      throw error;
    }
  };

  return {
    async findRunsOfPerson({ erasureId }) {
      return runsOfPerson(db, await personOf(erasureId));
    },

    async blankTicket({ ticketId }) {
      await zammad.retitleTicket(ticketId, BLANK_TITLE);
      let deleted = 0;
      let kept = 0;
      for (const articleId of await zammad.listArticles(ticketId)) {
        if (await deleteArticle(articleId)) deleted += 1;
        else kept += 1;
      }
      return { deleted, kept };
    },

    async requestProviderDeletion({ erasureId }) {
      const client = await personOf(erasureId);
      if (client.erased_at !== null) return { asked: false };
      const known = await appointmentsOfPerson(db, client)
        .select('uri')
        .where('provider', '=', 'calendly')
        .limit(1)
        .executeTakeFirst();
      if (!known) return { asked: false };
      if (calendly === null) throw new CodedFailure('not-configured', 'no client for Calendly');
      await calendly.requestInviteeDeletion([client.email]);
      return { asked: true };
    },

    async blankPerson({ erasureId }) {
      const blanked = await db.transaction().execute((trx) => blankPerson(trx, erasureId, new Date(clock())));
      if (blanked === 'not-found') throw new CodedFailure('row-missing', `no erasure ${erasureId}`);
      return blanked === 'running' ? { kind: 'running' } : { kind: 'blanked', ...blanked };
    },

    async certify({ erasureId, at, result }) {
      const { id: clientId, tenant_id: tenantId } = await personOf(erasureId);
      const certificate = await signCertificate(linkKeys, {
        erasureId,
        tenantId,
        clientId,
        at: new Date(at).toISOString(),
        ...result,
      });
      await storeCertificate(db, { erasureId, certificate, at: new Date(at) });
    },
  };
}
