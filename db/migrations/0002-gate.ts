import { type Kysely, type Migration, sql } from 'kysely';

/**
 * Links that are not a session's, and the bookings made with them; revocations and the replicas that confirm them;
 * login codes; rate limits; the audit.
 */
export const gateMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table links
        alter column session_key drop not null,
        add column expires_at timestamptz,
        add column revoked_by text,
        add constraint links_purpose check (purpose in ('one-time-booking-link', 'permanent-booking-link')),
        add constraint links_expiry check ((purpose = 'one-time-booking-link') = (expires_at is not null));
      create index links_tenant on links (tenant_id, issued_at, link_id) where session_key is null;

      create table bookings (
        booking_key text primary key,
        link_id text not null references links,
        nonce text not null,
        tenant_id integer not null references tenants,
        client_id integer not null references clients,
        template_id integer not null references templates,
        workflow_id text not null unique,
        start_state text not null default 'intended' check (start_state in ('intended', 'started', 'ended')),
        intended_at timestamptz not null,
        started_at timestamptz,
        input jsonb not null,
        provider text not null check (provider in ('calendly', 'calcom')),
        event_type text not null,
        booking_url text,
        status text not null default 'pending' check (status in ('pending', 'scheduled', 'completed', 'cancelled')),
        reason text,
        starts_at timestamptz,
        ends_at timestamptz,
        no_show boolean not null default false,
        reschedules integer not null default 0,
        version bigint not null default 0,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null
      );
      create index bookings_intended on bookings (intended_at) where start_state = 'intended';
      create index bookings_link on bookings (link_id);
      create index bookings_tenant on bookings (tenant_id, created_at);

      alter table appointments
        alter column session_key drop not null,
        add column booking_key text references bookings,
        add constraint appointments_owner check (num_nonnulls(session_key, booking_key) = 1);
      create index appointments_booking on appointments (booking_key) where booking_key is not null;

      create table revocations (
        seq bigint generated always as identity primary key,
        kind text not null check (kind in ('link', 'access', 'login')),
        subject text not null,
        session_key text references sessions,
        actor text not null,
        revoked_at timestamptz not null,
        keep_until timestamptz,
        delivered_at timestamptz,
        attempts integer not null default 0,
        next_attempt_at timestamptz not null
      );
      create unique index revocations_once on revocations (kind, subject) where kind in ('link', 'login');
      create index revocations_owed on revocations (next_attempt_at)
        where session_key is not null and delivered_at is null;
      create table replicas (
        replica_id text primary key,
        lease_until timestamptz not null,
        confirmed_seq bigint not null,
        started_at timestamptz not null
      );

      create table login_codes (
        challenge text primary key,
        email_key text not null,
        code_hash bytea not null,
        tries integer not null default 0,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        used_at timestamptz,
        article_id integer,
        article_gone_at timestamptz
      );
      create index login_codes_email on login_codes (email_key, created_at);
      create index login_codes_articles on login_codes (created_at)
        where article_id is not null and article_gone_at is null;

      create table rate_limits (
        key varchar(255) primary key,
        points integer not null default 0,
        expire bigint
      );
      create index rate_limits_expire on rate_limits (expire);

      create table audit (
        id bigint generated always as identity primary key,
        at timestamptz not null,
        tenant_id integer,
        actor text not null,
        action text not null,
        subject text not null,
        reason text,
        details jsonb
      );
      create index audit_tenant on audit (tenant_id, id);
      create index audit_subject on audit (subject, id);

      create index clients_tenant on clients (tenant_id, id);
      create index calendars_tenant on calendars (tenant_id, id);
      create index templates_tenant on templates (tenant_id, id);
      create index clients_email on clients (email_key);
    `.execute(db);
  },
};
