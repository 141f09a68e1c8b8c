import { signedInPage, signInPage } from '../../../api/codec/sign-in-page.ts';
import type { ForbiddenReason } from '../../../api/gate/decision.ts';
import {
  badBookingLinkPage,
  bookingLinkOverPage,
  bookingPage,
  bookingWaitPage,
} from '../../../api/pages/booking.ts';
import type { Reader } from '../../../api/pages/language-choice.ts';
import type { RenderedPage } from '../../../api/pages/layout.ts';
import {
  codePage,
  linksPage,
  type ListedSession,
  loggedInPage,
  loginFailedPage,
  loginPage,
} from '../../../api/pages/login-pages.ts';
import { loginWords } from '../../../api/pages/messages/login.ts';
import {
  cannotTellPage,
  forbiddenPage,
  overPage,
  problemPage,
  type Trouble,
} from '../../../api/pages/notices.ts';
import { saleorAppPage } from '../../../api/saleor/app-page.ts';
import type { Language } from '../../../platform/language.ts';
import type { Instant } from '../../../workflows/contract/values.ts';

/** As long as things get, and without a place to break. */
const LONG = 'Bürgschaftsvertragsunterzeichnungsvorbereitung'.repeat(3);
const EMAIL = `${'x'.repeat(64)}@${'sub.'.repeat(30)}example.com`;
const UUID = '01234567-89ab-cdef-0123-456789abcdef';

const listed = (more: Partial<ListedSession>): ListedSession => ({
  slug: 'aBcDeF0123456789_-aBcD',
  productName: LONG,
  variantName: LONG,
  startsAt: new Date('2026-12-07T09:00:00Z'),
  timeZone: 'America/Argentina/ComodRivadavia',
  phase: 'scheduled',
  outcome: null,
  ...more,
});

const sessions: readonly ListedSession[] = [
  ...Array.from({ length: 30 }, () => listed({})),
  listed({ phase: 'opening', startsAt: null }),
  listed({ phase: 'awaiting-booking', startsAt: null, variantName: '' }),
  listed({ phase: 'locked' }),
  listed({ phase: 'settling' }),
  ...(['completed', 'no-show', 'cancelled', 'expired', 'refunded'] as const).map((outcome) =>
    listed({ phase: 'ended', outcome }),
  ),
];

const reasons: readonly ForbiddenReason[] = [
  'not-yours',
  'opening',
  'not-booked',
  'not-yet',
  'no-longer',
  'closed',
];

const troubles: readonly Trouble[] = [
  'failed',
  'failed-nothing-lost',
  'not-found',
  'not-now',
  'incomplete',
  'too-many',
];

/** Every page of the login, the gate, the booking links, the codec and the shop's app, with the worst there is to show. */
export function samplePages(language: Language): Readonly<Record<string, RenderedPage>> {
  const reader: Reader = { language, here: '?rd=/customer/s/aBcDeF0123456789_-aBcD' };
  const words = loginWords[language];
  const login = { reader, back: '/customer/s/aBcDeF0123456789_-aBcD', withAccount: true } as const;
  const code = {
    reader,
    challenge: 'c'.repeat(43),
    back: login.back,
    digits: 6,
    goodForMinutes: 10,
  } as const;
  const form = { token: 't'.repeat(600), nonce: 'n'.repeat(22), schedulingOrigins: ['https://calendly.com'] };
  const at = Date.parse('2026-12-07T09:00:00Z') as Instant;
  const uiOrigin = `https://temporal.${'sub.'.repeat(20)}example.com`;
  return {
    login: loginPage({ ...login, error: null }),
    'login with an error': loginPage({ ...login, error: words.noAddress, email: EMAIL }),
    code: codePage({ ...code, error: null }),
    'code with an error': codePage({ ...code, error: `${words.wrongCode} ${words.triesLeft(1)}` }),
    links: linksPage(reader, login.back),
    'no session': loggedInPage(reader, [], null),
    'many sessions': loggedInPage(reader, sessions, 'America/Argentina/ComodRivadavia'),
    'login failed': loginFailedPage(reader, { title: words.waitTitle, why: words.wait(3), back: null }),
    over: overPage(reader),
    ...Object.fromEntries(
      reasons.map((reason) => [
        `forbidden: ${reason}`,
        forbiddenPage(reader, {
          reason,
          at,
          timeZone: 'America/Argentina/ComodRivadavia',
          page: '/customer/s/x',
        }),
      ]),
    ),
    'cannot tell': cannotTellPage(reader),
    ...Object.fromEntries(
      troubles.map((trouble) => [`trouble: ${trouble}`, problemPage(reader, trouble, UUID)]),
    ),
    booking: bookingPage(reader, { templateName: LONG, durationMinutes: 90, firstName: LONG }, form),
    'booking waits': bookingWaitPage(reader, form),
    'booking link spent': bookingLinkOverPage(reader, 'spent'),
    'booking link expired': bookingLinkOverPage(reader, 'expired'),
    'booking link revoked': bookingLinkOverPage(reader, 'revoked'),
    'booking link bad': badBookingLinkPage(reader),
    codec: signInPage(reader, uiOrigin, null),
    'codec refused': signInPage(reader, null, 'keysAway'),
    'codec signed in': signedInPage(reader, uiOrigin, at),
    'shop unknown': saleorAppPage(reader, null, 'https://latchkey.example', null),
    'shop known': saleorAppPage(
      reader,
      {
        domain: `${'sub.'.repeat(40)}example.com`,
        registeredAt: new Date(at),
        standing: { open: 1_234_567, needAttention: 12, quarantined: 0, lastWebhookAt: null },
      },
      'https://latchkey.example',
      'https://shop.example',
    ),
  };
}
