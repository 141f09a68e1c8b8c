const SHAPE = /^calcom:event-types\/(\d{1,15})\/private-links\/([\w-]{1,128})$/;

/** A private link, with the event type below which it is found. */
export interface PrivateLink {
  /** Digits. */
  readonly eventType: string;
  readonly linkId: string;
}

/** Names a private link of Cal.com among the links of all providers. */
export function privateLinkUri({ eventType, linkId }: PrivateLink): string {
  return `calcom:event-types/${eventType}/private-links/${linkId}`;
}

/** The private link, or undefined when this names none. */
export function privateLinkOf(uri: string): PrivateLink | undefined {
  const [, eventType, linkId] = SHAPE.exec(uri) ?? [];
  return eventType && linkId ? { eventType, linkId } : undefined;
}
