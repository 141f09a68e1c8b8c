/** Words of which English sentences have some, and German ones none. */
export const ENGLISH = /\b(?:the|your|you|this|that|please|of|to|and|is|are|with|not|time)\b/i;
