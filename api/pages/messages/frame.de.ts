import type { FrameWords } from './frame.en.ts';

export const frameDe: FrameWords = {
  ownName: 'Deutsch',
  language: 'Sprache',
};
