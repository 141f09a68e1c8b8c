/** What stands around every page. */
export const frameEn = {
  /** The language's name in itself. */
  ownName: 'English',
  language: 'Language',
};

export type FrameWords = typeof frameEn;
