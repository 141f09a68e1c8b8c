import type { Check, Look } from '../setup/check.ts';
import type { PlanSetup, SetupStep } from '../setup/step.ts';
import { lookOfFailure } from '../setup/vendor-look.ts';

const SETTINGS = { vendor: 'Zammad', address: 'ZAMMAD_URL', credential: 'ZAMMAD_TOKEN' } as const;
const PROVISION = 'Run `npm run provision -- --only zammad`.';

interface Part {
  readonly name: string;
  /** The subjects of its steps in the plan of the set-up. */
  readonly fits: RegExp;
  readonly subject: string;
  readonly well: string;
  readonly remedy: string;
  /** Sessions go on without it. */
  readonly isNicety?: boolean;
}

/** The plan of the set-up, each part of it a check of its own. */
const PARTS: readonly Part[] = [
  {
    name: 'zammad-group',
    fits: /^(group|rights)\b/,
    subject: 'The group `ZAMMAD_GROUP` is there, and our API user may work in it',
    well: 'The group is there, and our API user may work in it',
    remedy: `${PROVISION} Or put the name of a group that is there into \`ZAMMAD_GROUP\` and restart.`,
  },
  {
    name: 'zammad-attributes',
    fits: /^(ticket attribute|database)/,
    subject: "The ticket's attributes are there, with their options",
    well: "The ticket's attributes are as wanted",
    remedy: PROVISION,
  },
  {
    name: 'zammad-restart',
    fits: /^restart\b/,
    subject: 'Zammad was restarted since its attributes were made',
    well: 'Zammad knows its attributes',
    remedy: 'Restart Zammad, all of its processes: until then it drops what is written into new attributes.',
  },
  {
    name: 'zammad-webhook',
    fits: /^webhook\b/,
    subject: 'The webhook to our address is there, with our signature token',
    well: 'The webhook is as wanted',
    remedy: PROVISION,
  },
  {
    name: 'zammad-trigger',
    fits: /^trigger\b/,
    subject: "The trigger that tells us of agents' actions is there, unchanged",
    well: 'The trigger is as wanted',
    remedy: PROVISION,
  },
  {
    name: 'zammad-niceties',
    fits: /^(macro|tag)\b/,
    subject: "The agents' macro and the tags are there",
    well: 'The macro and the tags are as wanted',
    remedy: PROVISION,
    isNicety: true,
  },
];

/** A token that may only do what sessions need is as it should be; it cannot look at the set-up. */
function isUnseen({ state, detail }: SetupStep): boolean {
  return state === 'unmanageable' && (detail?.startsWith('Grant the permission admin.') ?? false);
}

function lookAt(steps: readonly SetupStep[], part: Part): Look {
  const wrong = steps.filter(({ state }) => state !== 'as-wanted');
  if (steps.length === 0 || (wrong.length > 0 && wrong.every(isUnseen)))
    return {
      status: 'skipped',
      message: 'The token may not look at it: look with one that has the permissions of the set-up',
    };
  if (wrong.length === 0) return { status: 'ok', message: part.well };
  const message = wrong
    .map(({ subject, state, detail }) => `${subject}: ${detail ?? `is ${state}`}`)
    .join('; ');
  const byHand = wrong.find(({ state }) => state === 'unmanageable');
  const isRestart = part.name === 'zammad-restart';
  return {
    status: part.isNicety ? 'warning' : 'failed',
    message,
    // What only a person can do is said in the step itself.
    ...(byHand?.detail && !isRestart ? { remedy: byHand.detail } : {}),
  };
}

/** @param plan what Zammad must have for us; its first step is about the token. */
export function zammadChecks(plan: PlanSetup): readonly Check[] {
  let planned: Promise<readonly SetupStep[]> | undefined;
  // One plan for all checks: it is a dozen calls.
  const steps = (): Promise<readonly SetupStep[]> => (planned ??= plan());

  return [
    {
      name: 'zammad-token',
      subject: 'Zammad answers, and takes `ZAMMAD_TOKEN`',
      remedy:
        "Make a token in the API user's profile (Token Access) with `ticket.agent`, put it into `ZAMMAD_TOKEN` and restart.",
      after: [],
      async look() {
        try {
          const token = (await steps()).find(({ subject }) => subject === 'API token');
          if (token === undefined || token.state === 'as-wanted')
            return { status: 'ok', message: 'Zammad takes the token' };
          return {
            status: 'failed',
            message: 'Zammad does not take the token as an agent of ours',
            ...(token.detail === null ? {} : { remedy: token.detail }),
          };
        } catch (error) {
          return lookOfFailure(error, SETTINGS);
        }
      },
    },
    ...PARTS.map(
      (part): Check => ({
        name: part.name,
        subject: part.subject,
        remedy: part.remedy,
        after: ['zammad-token'],
        look: async () =>
          lookAt(
            (await steps()).filter(({ subject }) => part.fits.test(subject)),
            part,
          ),
      }),
    ),
  ];
}
