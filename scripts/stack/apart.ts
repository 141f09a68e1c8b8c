import type { Environment } from '../../platform/environment.ts';

/** Everything that a stack of its own must not share with one that runs beside it. */
const OWN_PORTS = [
  'PORT',
  'INTERNAL_PORT',
  'POSTGRES_PORT',
  'TEMPORAL_PORT',
  'TEMPORAL_UI_PORT',
  'CODEC_PORT',
  'SALEOR_TWIN_PORT',
  'ZAMMAD_TWIN_PORT',
  'APISIX_TWIN_ADMIN_PORT',
  'APISIX_TWIN_GATEWAY_PORT',
  'CALENDLY_TWIN_PORT',
  'CALCOM_TWIN_PORT',
  'MAIL_TWIN_PORT',
  'MAIL_TWIN_SMTP_PORT',
];

/** What shows itself off or is made to fail never touches a configured vendor, database or Temporal server. */
const CONFIGURED =
  /^(SALEOR|ZAMMAD|APISIX|GATEWAY|CALENDLY|CALCOM|SMTP|MAIL_FROM|ATTENTION|DATABASE|TEMPORAL_(ADDRESS|NAMESPACE|PROFILE|API_KEY|TLS))/;

/** The environment of a development stack apart from all others: any free ports, data in `folder`, twins only. */
export function apartFromOthers(env: Environment, folder: string): Environment {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !CONFIGURED.test(name))),
    ...Object.fromEntries(OWN_PORTS.map((name) => [name, '0'])),
    LATCHKEY_DATA: folder,
    LATCHKEY_ENV: 'development',
  };
}
