export { CALENDAR_DAYS_MAX, holidaysOf } from './calendar';
export { type DemandCode, InvalidDemand } from './checks';
export * from './outlook';
export { burstFactor, type Context, elasticityOf, factorAt, type HolidayDay, inContext } from './context';
export { type Attempt, type ExpectedMargin, expectedMarginOf, type MarginAsked } from './margin';
export { BASELINES, type Method } from './baselines';
export { chanceAbove, chances, type Count, quantile } from './negative-binomial';
export { forecastOf, type PooledModel, recalibrated, type Sample, trainPooled } from './pooled';
export { type Purchase, type PurchaseAsked, suggestedPurchase, type Tier } from './quantity';
export {
  type Calibration,
  chanceOut,
  levelOf,
  RISK_LEVELS,
  type RiskAsked,
  type RiskLevel,
  type StockRisk,
  stockRiskOf,
  type StockSeen,
} from './risk';
