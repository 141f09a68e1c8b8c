import { type Kysely, type Migration, sql } from 'kysely';

/**
 * What needs a person, one row for each time that it was raised: of sessions and bookings as their records say it, and of
 * what the system finds by itself. The row is also what is owed to people: its mail.
 */
export const attentionsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table attentions (
        attention_id text primary key,
        kind text not null check (kind in ('attention', 'late-change', 'quarantine', 'housekeeping')),
        subject text not null,
        session_key text references sessions on delete cascade,
        booking_key text references bookings on delete cascade,
        step text,
        code text not null,
        request_id text,
        deadline timestamptz,
        since timestamptz not null,
        raised_at timestamptz not null,
        gone_at timestamptz,
        told_at timestamptz,
        mail_state text not null default 'owed' check (mail_state in ('owed', 'sent', 'off')),
        mail_id text,
        mail_attempts integer not null default 0,
        mail_due_at timestamptz not null,
        mail_claimed_at timestamptz
      );
      create index attentions_open on attentions (subject) where gone_at is null;
      create index attentions_owed on attentions (mail_due_at) where mail_state = 'owed';
      create index attentions_claimed on attentions (mail_claimed_at);
    `.execute(db);
  },
};
