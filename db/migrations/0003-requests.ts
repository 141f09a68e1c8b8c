import { type Kysely, type Migration, sql } from 'kysely';

/**
 * Booking requests of visitors beside the bookings of links; who is making a scheduling link; idempotency keys;
 * webhooks to tenants; what lists and searches stand on. Bookings are lowered by ICU: a cluster of the locale C knows
 * no letters but those of English. Their trigrams are indexed at once: a list of pending ones would be read by every
 * search.
 */
export const requestsMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create extension if not exists pg_trgm;

      alter table bookings
        alter column link_id drop not null,
        alter column nonce drop not null,
        alter column client_id drop not null,
        alter column template_id drop not null,
        add column kind text not null default 'link' check (kind in ('link', 'request')),
        add column first_name text,
        add column last_name text,
        add column company_name text,
        add column company_website text,
        add column position text,
        add column is_decision_maker boolean,
        add column email text,
        add column phone_code text,
        add column phone_number text,
        add column meeting_notes text,
        add column is_read boolean not null default false,
        add column default_link_at timestamptz,
        add column appointment_uri text,
        add column cancel_reason text,
        add column needs_attention boolean not null default false,
        add column deleted_at timestamptz,
        add column search text generated always as (
          lower((first_name || ' ' || last_name || ' ' || company_name || ' ' || email || ' ' || position)
            collate "und-x-icu")
        ) stored,
        add constraint bookings_of_link check (kind <> 'link' or num_nulls(link_id, nonce, client_id, template_id) = 0),
        add constraint bookings_of_request check (
          kind <> 'request' or num_nulls(first_name, last_name, company_name, company_website, position,
            is_decision_maker, email) = 0
        );
      create index bookings_requests on bookings (tenant_id, created_at, booking_key)
        where kind = 'request' and deleted_at is null;
      create index bookings_requests_status on bookings (tenant_id, status, created_at, booking_key)
        where kind = 'request' and deleted_at is null;
      create index bookings_requests_search on bookings using gin (search gin_trgm_ops)
        with (fastupdate = off) where kind = 'request' and deleted_at is null;

      alter table appointments add column campaign text;

      create table link_claims (
        key text primary key,
        holder uuid not null,
        until timestamptz not null
      );

      create table idempotency_keys (
        scope text not null,
        key_hash text not null,
        request_hash text not null,
        subject text not null,
        expires_at timestamptz not null,
        primary key (scope, key_hash)
      );
      create index idempotency_keys_expire on idempotency_keys (expires_at);

      create table webhook_endpoints (
        endpoint_id text primary key,
        tenant_id integer not null references tenants,
        url text not null,
        description text,
        events text[] not null,
        state text not null default 'enabled' check (state in ('enabled', 'disabled')),
        secret_round integer not null default 1,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null
      );
      create index webhook_endpoints_tenant on webhook_endpoints (tenant_id, created_at, endpoint_id);
      create table webhook_deliveries (
        delivery_id text primary key,
        endpoint_id text not null references webhook_endpoints on delete cascade,
        tenant_id integer not null,
        message_id text not null,
        event text not null,
        payload jsonb not null,
        workflow_id text not null unique,
        start_state text not null default 'intended' check (start_state in ('intended', 'started', 'ended')),
        status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
        attempts integer not null default 0,
        last_status integer,
        last_code text,
        created_at timestamptz not null default now(),
        touched_at timestamptz not null,
        settled_at timestamptz
      );
      create unique index webhook_deliveries_once on webhook_deliveries (endpoint_id, message_id);
      create index webhook_deliveries_tenant on webhook_deliveries (tenant_id, created_at, delivery_id);
      create index webhook_deliveries_endpoint on webhook_deliveries (endpoint_id, created_at, delivery_id);
      create index webhook_deliveries_settled on webhook_deliveries (settled_at) where settled_at is not null;
      create index webhook_deliveries_intended on webhook_deliveries (touched_at) where start_state = 'intended';
      create index webhook_deliveries_started on webhook_deliveries (touched_at) where start_state = 'started';
      create table webhook_attempts (
        delivery_id text not null references webhook_deliveries on delete cascade,
        n integer not null,
        at timestamptz not null,
        status integer,
        code text,
        duration_ms integer not null,
        primary key (delivery_id, n)
      );

      create index sessions_tenant on sessions (tenant_id, intended_at, session_key);
      create index sessions_tenant_start on sessions (tenant_id, starts_at);
      create index sessions_ticket on sessions (tenant_id, ticket_number);
      create index sessions_attention on sessions (tenant_id, intended_at) where needs_attention;
      create index sessions_product_search on sessions using gin (lower(product_name) gin_trgm_ops);
      create index clients_search on clients
        using gin (lower(first_name || ' ' || last_name || ' ' || email) gin_trgm_ops);
      create index orders_number on orders (tenant_id, number);
      create index inbox_status on inbox (status, id);
    `.execute(db);
  },
};
