import type { CsvColumn } from '../admin/csv.ts';
import { adminBookingSchema } from '../booking-requests/model.ts';
import type { AdminBooking } from './shown.ts';

type FlatField = Exclude<keyof AdminBooking, 'businessPhone'>;

const isFlat = (name: string): name is FlatField =>
  name in adminBookingSchema.shape && name !== 'businessPhone';

/** The model's fields under the model's names; a phone number's two parts are columns of their own. */
export const bookingColumns: readonly CsvColumn<AdminBooking>[] = Object.keys(
  adminBookingSchema.shape,
).flatMap((name): CsvColumn<AdminBooking>[] =>
  isFlat(name)
    ? [{ name, value: (booking) => booking[name] }]
    : [
        { name: 'businessPhone.code', value: ({ businessPhone }) => businessPhone?.code ?? null },
        { name: 'businessPhone.number', value: ({ businessPhone }) => businessPhone?.number ?? null },
      ],
);
