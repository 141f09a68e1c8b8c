import express, { type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import { isLanguage, type Language } from '../../platform/language.ts';
import { formOrJson } from '../form-or-json.ts';
import { readReturnPath } from '../gate/paths.ts';
import { sendProblem } from '../problem.ts';
import { isSameOrigin } from '../same-origin.ts';

/** Refuses other sites' forms, then reads ours, or a program's JSON. */
export function readForm(origins: readonly string[]): RequestHandler[] {
  return [
    (req, res, next) => {
      if (isSameOrigin(req, origins)) next();
      else sendProblem(req, res, 'not-allowed', { reason: 'cross-site' });
    },
    formOrJson,
    express.urlencoded({ extended: false, limit: '8kb' }),
    express.json({ limit: '8kb' }),
  ];
}

const fields = z.object({
  email: z.unknown(),
  challenge: z.unknown(),
  code: z.unknown(),
  rd: z.unknown(),
  lang: z.unknown(),
});

/** The fields of a form of ours; whatever is no text is as good as absent, but for `rd`, which is then not ours. */
export interface LoginForm {
  readonly email: string;
  readonly challenge: string;
  readonly code: string;
  /** Null: none was given. Undefined: what was given is not a path of ours. */
  readonly back: string | null | undefined;
  /** Sent instead of an answer: the same page in another language. */
  readonly language: Language | undefined;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export function readLoginForm(req: Request): LoginForm {
  const parsed = fields.partial().safeParse(req.body ?? {});
  const { email, challenge, code, rd, lang } = parsed.success ? parsed.data : {};
  return {
    email: textOf(email),
    challenge: textOf(challenge),
    code: textOf(code),
    back: readReturnPath(rd),
    language: isLanguage(lang) ? lang : undefined,
  };
}

const address = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@<>"\p{Cc}\p{Cs}]+@[^\s@<>"\p{Cc}\p{Cs}]+$/u);

/** An e-mail address as it was typed, without blanks around it; undefined when it cannot be one. */
export function readAddress(typed: string): string | undefined {
  return address.safeParse(typed).data;
}
