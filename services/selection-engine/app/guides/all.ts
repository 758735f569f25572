import { guide as bulkLicences } from './bulk-licences';
import { guide as competitorPrice } from './competitor-price';
import { guide as crossBorderRegion } from './cross-border-region';
import { guide as examSeason } from './exam-season';
import { guide as festivalSurge } from './festival-surge';
import { guide as highRiskGoods } from './high-risk-goods';
import { guide as newSupplier } from './new-supplier';
import { guide as readingACard } from './reading-a-card';
import { guide as smallFrequent } from './small-frequent';
import { guide as stockOut } from './stock-out';
import { guide as substitutionConsent } from './substitution-consent';
import { guide as versionUpdate } from './version-update';
import type { Guide } from './guide';

export const GUIDES: readonly Guide[] = [
  bulkLicences,
  competitorPrice,
  crossBorderRegion,
  examSeason,
  festivalSurge,
  highRiskGoods,
  newSupplier,
  readingACard,
  smallFrequent,
  stockOut,
  substitutionConsent,
  versionUpdate,
];
