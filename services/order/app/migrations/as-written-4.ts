import { keepAsWritten } from '@midstream/runtime';

/** What every fact of an order changes. */
export const AsWritten4 = keepAsWritten('AsWritten1764000000004', ['orders', 'accounts']);
