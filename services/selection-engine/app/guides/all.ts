import { guide as bulkLicences } from './bulk-licences';
import { guide as festivalSurge } from './festival-surge';
import { guide as smallFrequent } from './small-frequent';
import { guide as stockOut } from './stock-out';
import type { Guide } from './guide';

export const GUIDES: readonly Guide[] = [bulkLicences, festivalSurge, smallFrequent, stockOut];
