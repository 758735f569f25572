import { keepAsWritten } from '@midstream/runtime';

export const AsWritten3 = keepAsWritten('AsWritten1700000000503', ['order_told']);
