import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** As people write one down: digits, and what they put between them. */
export const PHONE_CODE = /^\+[1-9]\d{0,2}$/;
export const PHONE_NUMBER = /^[\d ().\-/]{2,30}$/;

/**
 * Whether the two make a number that can exist: a country's code that is assigned, and as many digits as numbers have
 * there. A number of the right length is not refused for an area code that the library does not know (yet).
 *
 * @param phone.code with its plus sign, e.g. `+1`.
 * @param phone.number within the country, with or without its trunk prefix, e.g. `(0)151 2345 6789`.
 */
export function isPossiblePhone(phone: { readonly code: string; readonly number: string }): boolean {
  const number = parsePhoneNumberFromString(`${phone.code} ${phone.number}`);
  return number !== undefined && `+${number.countryCallingCode}` === phone.code && number.isPossible();
}
