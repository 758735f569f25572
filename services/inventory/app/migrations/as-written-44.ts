import { keepAsWritten } from '@midstream/runtime';

/** What orders and feeds change. */
export const AsWritten44 = keepAsWritten('AsWritten1700000000244', ['offer', 'drain', 'hold', 'attempt', 'purchase']);
