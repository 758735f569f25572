import { keepAsWritten } from '@midstream/runtime';

export const AsWritten13 = keepAsWritten('AsWritten1700000000113', ['ranked']);
