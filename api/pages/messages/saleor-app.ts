import type { InEachLanguage } from '../../../platform/language.ts';
import { saleorAppDe } from './saleor-app.de.ts';
import { saleorAppEn, type SaleorAppWords } from './saleor-app.en.ts';

export const saleorAppWords: InEachLanguage<SaleorAppWords> = { en: saleorAppEn, de: saleorAppDe };
