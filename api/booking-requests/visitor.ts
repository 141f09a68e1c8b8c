import { z } from 'zod';
import { emailSchema } from '../person-shape.ts';
import { textSchema } from '../request-shape.ts';
import { isPossiblePhone, PHONE_CODE, PHONE_NUMBER } from './phone.ts';

const LONGEST_URL = 2048;
const LONGEST_NAME = 100;
const LONGEST_TEXT = 200;

const CODE_MESSAGE = 'must be the country’s calling code, such as +1';
const NUMBER_MESSAGE = 'must be the number within the country: digits, spaces, ( ) . - /';
const WEBSITE_MESSAGE = 'must be the address of a web page, beginning with http:// or https://';

/** A host with a dot in it, no credentials. Each character has one place to be, so that it is read in one go. */
const WEBSITE = /^https?:\/\/[^\s/?#@:.]+(\.[^\s/?#@:.]+)+\.?(:\d{1,5})?([/?#]\S*)?$/i;

const phoneSchema = z
  .strictObject({
    code: z.string(CODE_MESSAGE).regex(PHONE_CODE, CODE_MESSAGE),
    number: z.string(NUMBER_MESSAGE).regex(PHONE_NUMBER, NUMBER_MESSAGE),
  })
  .refine(isPossiblePhone, 'is no possible number of this country')
  .meta({ id: 'BusinessPhone' });

/** What a visitor gives, all of it kept as it is given. */
export const visitorSchema = z
  .strictObject({
    firstName: textSchema(LONGEST_NAME),
    lastName: textSchema(LONGEST_NAME),
    companyName: textSchema(LONGEST_TEXT),
    companyWebsite: textSchema(LONGEST_URL)
      .regex(WEBSITE, WEBSITE_MESSAGE)
      .refine((text) => URL.canParse(text), WEBSITE_MESSAGE),
    position: textSchema(LONGEST_TEXT),
    isDecisionMaker: z.boolean('must be true or false'),
    email: emailSchema,
    businessPhone: phoneSchema.optional(),
    homepage: z
      .string()
      .max(LONGEST_URL)
      .optional()
      .meta({ description: 'Leave it out, or empty. Forms hide this field: only programs fill it in.' }),
  })
  .meta({ id: 'BookingRequest', description: 'What a visitor gives to ask for a booking.' });

export type Visitor = z.output<typeof visitorSchema>;
