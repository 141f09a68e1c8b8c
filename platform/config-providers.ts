import { z } from 'zod';
import { httpUrl, secret, text } from './config-values.ts';
import type { Provider } from '../workflows/contract/values.ts';
import { CodedFailure } from './failures.ts';
import { settingWords } from './settings/words.ts';

/** What a session's link at Calendly is made as: one that nobody can delete, or one that is withdrawn when it is over. */
export type CalendlyLinks = 'single-use' | 'share';

/** Who appointments are made with. At least one is there; in development both, each with its twin. */
export interface ProvidersConfig {
  readonly calendly: {
    readonly apiUrl: string;
    readonly token: string;
    readonly eventTypeUuid: string;
    readonly webhookSecret: string;
    /** Where a visitor books when Calendly has not answered in time. */
    readonly defaultLink: string;
    readonly links: CalendlyLinks;
  } | null;
  readonly calcom: {
    readonly apiUrl: string;
    readonly apiKey: string;
    /** Digits. */
    readonly eventTypeId: string;
    readonly webhookSecret: string;
    /** Where its booking, reschedule and cancel pages are. */
    readonly webUrl: string;
    /** Where a visitor books when Cal.com has not answered in time; null where visitors book with Calendly. */
    readonly defaultLink: string | null;
  } | null;
  /** Who appointments are made with where nobody says: what visitors book, and products that name no provider. */
  readonly defaultProvider: Provider;
}

const CALENDLY = 'unless there is Cal.com alone';
const CALCOM = 'with Cal.com';

/** What the settings of Calendly are written as. */
export const calendlySettings = (weak: boolean) => ({
  CALENDLY_API_URL: httpUrl('where the API of Calendly is')
    .default('https://api.calendly.com')
    .register(settingWords, { meaning: 'Where the API of Calendly is.', readBy: 'API and worker' }),
  CALENDLY_API_TOKEN: text('a personal access token of Calendly, unless there is Cal.com').register(
    settingWords,
    { meaning: 'A personal access token.', readBy: 'API and worker', secret: true, neededWhen: CALENDLY },
  ),
  CALENDLY_EVENT_TYPE_UUID: text('the event type that sessions are booked as').register(settingWords, {
    meaning: 'The event type that sessions are booked as where their product names none.',
    readBy: 'API',
    neededWhen: CALENDLY,
  }),
  CALENDLY_WEBHOOK_SECRET: secret('the signing key of the webhook subscription', { weak }).register(
    settingWords,
    {
      meaning: 'The signing key of the webhook subscription, which we choose.',
      readBy: 'API and worker',
      secret: true,
      neededWhen: CALENDLY,
    },
  ),
  CALENDLY_DEFAULT_LINK: httpUrl('where a visitor books when Calendly does not answer in time', {
    exact: true,
    https: !weak,
  }).register(settingWords, {
    meaning: 'A page of the same event type, where a visitor books when Calendly has not answered in time.',
    readBy: 'API',
    neededWhen: CALENDLY,
  }),
  CALENDLY_LINKS: z
    .enum(['single-use', 'share'] satisfies CalendlyLinks[], { error: 'must be single-use or share' })
    .default('single-use')
    .register(settingWords, {
      meaning:
        "What a session's link is: `single-use`, or `share`, which is withdrawn once the session is over.",
      readBy: 'API and worker',
    }),
});

/** What the settings of Cal.com are written as. */
export const calcomSettings = (weak: boolean) => ({
  CALCOM_API_URL: httpUrl('where the API of Cal.com is')
    .default('https://api.cal.com')
    .register(settingWords, {
      meaning: 'Where the API of Cal.com is; a self-hosted one has its own.',
      readBy: 'API and worker',
    }),
  CALCOM_API_KEY: text('an API key of Cal.com').register(settingWords, {
    meaning: 'An API key.',
    readBy: 'API and worker',
    secret: true,
    neededWhen: CALCOM,
  }),
  CALCOM_EVENT_TYPE_ID: text('the event type that sessions are booked as')
    .refine((value) => /^\d{1,15}$/.test(value), 'is not the number of an event type')
    .register(settingWords, {
      meaning: 'The number of the event type that sessions are booked as where their product names none.',
      readBy: 'API',
      neededWhen: CALCOM,
    }),
  CALCOM_WEBHOOK_SECRET: secret('the secret of the webhook', { weak }).register(settingWords, {
    meaning: 'The secret of the webhook, which we choose.',
    readBy: 'API and worker',
    secret: true,
    neededWhen: CALCOM,
  }),
  CALCOM_DEFAULT_LINK: httpUrl('where a visitor books when Cal.com does not answer in time', {
    exact: true,
    https: !weak,
  })
    .optional()
    .register(settingWords, {
      meaning: 'A page of the same event type, where a visitor books when Cal.com has not answered in time.',
      readBy: 'API',
      neededWhen: 'where visitors book with Cal.com',
    }),
  CALCOM_WEB_URL: httpUrl('where the booking pages of Cal.com are', { https: !weak })
    .default('https://cal.com')
    .register(settingWords, { meaning: 'Where its booking pages are.', readBy: 'API and worker' }),
});

type ValuesOf<Settings extends (weak: boolean) => z.ZodRawShape> = z.output<
  z.ZodObject<ReturnType<Settings>>
>;

export function toProviders(
  calendly: ValuesOf<typeof calendlySettings> | null,
  calcom: ValuesOf<typeof calcomSettings> | null,
  wanted: Provider | undefined,
): ProvidersConfig {
  return {
    calendly: calendly && {
      apiUrl: calendly.CALENDLY_API_URL,
      token: calendly.CALENDLY_API_TOKEN,
      eventTypeUuid: calendly.CALENDLY_EVENT_TYPE_UUID,
      webhookSecret: calendly.CALENDLY_WEBHOOK_SECRET,
      defaultLink: calendly.CALENDLY_DEFAULT_LINK,
      links: calendly.CALENDLY_LINKS,
    },
    calcom: calcom && {
      apiUrl: calcom.CALCOM_API_URL,
      apiKey: calcom.CALCOM_API_KEY,
      eventTypeId: calcom.CALCOM_EVENT_TYPE_ID,
      webhookSecret: calcom.CALCOM_WEBHOOK_SECRET,
      webUrl: calcom.CALCOM_WEB_URL,
      defaultLink: calcom.CALCOM_DEFAULT_LINK ?? null,
    },
    defaultProvider: wanted ?? (calendly === null ? 'calcom' : 'calendly'),
  };
}

/**
 * A provider's settings, for what cannot go on without them.
 *
 * @throws {CodedFailure} `not-configured`
 */
export function configured<Name extends Provider>(
  config: Pick<ProvidersConfig, Name>,
  name: Name,
): NonNullable<ProvidersConfig[Name]> {
  const settings = config[name];
  if (settings === null) throw new CodedFailure('not-configured', `${name} is not configured`);
  return settings;
}

/** What is wrong with who appointments are made with where nobody says. */
export function defaultProviderProblems(
  config: ProvidersConfig,
): readonly { readonly variable: string; readonly problem: string }[] {
  const { calendly, calcom, defaultProvider } = config;
  if (defaultProvider === 'calendly')
    return calendly
      ? []
      : [{ variable: 'SCHEDULING_PROVIDER', problem: 'names a provider without settings' }];
  if (!calcom) return [{ variable: 'SCHEDULING_PROVIDER', problem: 'names a provider without settings' }];
  return calcom.defaultLink === null
    ? [
        {
          variable: 'CALCOM_DEFAULT_LINK',
          problem: 'is not set: where a visitor books when Cal.com does not answer in time',
        },
      ]
    : [];
}

/** Those that are there. */
export function providersOf({ calendly, calcom }: Pick<ProvidersConfig, Provider>): readonly Provider[] {
  return [...(calendly ? (['calendly'] as const) : []), ...(calcom ? (['calcom'] as const) : [])];
}

/** The configured event type of each provider that is there. */
export function eventTypesOf({
  calendly,
  calcom,
}: ProvidersConfig): Readonly<Partial<Record<Provider, string>>> {
  return {
    ...(calendly && { calendly: calendly.eventTypeUuid }),
    ...(calcom && { calcom: calcom.eventTypeId }),
  };
}

/**
 * What visitors book where nobody says with whom.
 *
 * @throws {CodedFailure} `not-configured`
 */
export function defaultBooking(config: ProvidersConfig): {
  readonly provider: Provider;
  readonly eventType: string;
  /** A page that anyone can book on, any number of times. */
  readonly link: string;
} {
  const provider = config.defaultProvider;
  if (provider === 'calendly') {
    const { eventTypeUuid, defaultLink } = configured(config, 'calendly');
    return { provider, eventType: eventTypeUuid, link: defaultLink };
  }
  const { eventTypeId, defaultLink } = configured(config, 'calcom');
  if (defaultLink === null) throw new CodedFailure('not-configured', 'CALCOM_DEFAULT_LINK is not set');
  return { provider, eventType: eventTypeId, link: defaultLink };
}

/** The origins of the pages that appointments are booked on. */
export function bookingOriginsOf({
  calendly,
  calcom,
}: Pick<ProvidersConfig, Provider>): Readonly<Record<Provider, string | null>> {
  return {
    calendly: calendly && new URL(calendly.defaultLink).origin,
    calcom: calcom && new URL(calcom.webUrl).origin,
  };
}
