const PREFIX = 'calcom:bookings/';
const SHAPE = /^calcom:bookings\/([\w-]{1,128})$/;

/** Names a Cal.com booking among the appointments of all providers. */
export function bookingUri(uid: string): string {
  return PREFIX + uid;
}

/** The booking's uid, or undefined when this names no booking of Cal.com. */
export function bookingUidOf(uri: string): string | undefined {
  return SHAPE.exec(uri)?.[1];
}
