export { amountInWords } from '../../platform/money.ts';
