import { Matches } from 'class-validator';

export { IsAttributes, IsCurrency, IsId, IsInstant, IsRegion, IsSku, IsText } from '@midstream/runtime';

/** Names with texts that a need may ask for. */
export const ATTRIBUTES_MAX = 20;

export const IsBuyerKey = (): PropertyDecorator =>
  Matches(/^[0-9a-f]{32}$/, { message: '$property: 32 digits, 0-9 and a-f, as an order shows it' });
