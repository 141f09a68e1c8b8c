import { randomBytes } from 'node:crypto';

/** 132 random bits as 22 characters of base64url: nobody guesses one. */
export const randomId = (): string => randomBytes(17).toString('base64url').slice(0, 22);
