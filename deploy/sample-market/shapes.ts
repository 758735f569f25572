import {
  Attributes,
  closed,
  Currency,
  FULFILMENT_KINDS,
  Id,
  Instant,
  Minor,
  Name,
  oneOf,
  Region,
  Segment,
  Sku,
  SubstitutionUpTo,
  Units,
  VerdictStatus,
} from '@midstream/contracts';
import { type Static, Type } from '@sinclair/typebox';

const Count = Type.Integer({ minimum: 1, maximum: 1_000_000 });
const Category = Type.String({ minLength: 1, maxLength: 40, pattern: '^[a-z-]+$' });
const Regions = Type.Array(Region, { minItems: 1 });

export const SupplierShape = closed({
  supplierId: Id,
  name: Name,
  kind: oneOf('vault', 'http'),
  upstreamGroup: Type.String({ minLength: 1, maxLength: 80 }),
});
export const SuppliersFile = closed({ suppliers: Type.Array(SupplierShape) });

export const ProductsFile = closed({
  category: Category,
  fulfilmentKind: oneOf(...FULFILMENT_KINDS),
  currency: Currency,
  regions: Regions,
  groups: Type.Array(
    closed({
      attributes: Attributes,
      products: Type.Array(closed({ sku: Sku, name: Name, faceValueMinor: Minor, priceMinor: Minor, core: Type.Optional(Type.Boolean()) })),
    }),
  ),
});

const terms = { regions: Regions, minQuantity: Count, maxQuantity: Count, safetyStock: Units } as const;
const Exceptions = Type.Partial(closed(terms), { additionalProperties: false });
type OfferRow = [string, number, number, number, [number, number][], Static<typeof Exceptions>?];
/** [sku, stock, leadTimeMs, capacityPerMinute, [[from, costMinor], …], exceptions?] */
const OfferRow = Type.Unsafe<OfferRow>({
  type: 'array',
  minItems: 5,
  maxItems: 6,
  items: [
    Sku,
    Units,
    Type.Integer({ minimum: 0, maximum: 86_400_000 }),
    Count,
    { type: 'array', minItems: 1, maxItems: 20, items: { type: 'array', minItems: 2, maxItems: 2, items: [Count, Minor] } },
    Exceptions,
  ],
});
export const OffersFile = closed({ supplierId: Id, defaults: closed({ currency: Currency, ...terms }), offers: Type.Array(OfferRow) });

export const RuleShape = closed({
  ruleId: Id,
  effect: VerdictStatus,
  match: closed({ sku: Type.Optional(Sku), category: Type.Optional(Category), attributes: Type.Optional(Attributes) }),
  regions: Regions,
  reason: Type.String({ minLength: 1, maxLength: 300 }),
  from: Type.Optional(Instant),
  until: Type.Optional(Instant),
});
export const RulesFile = closed({ rules: Type.Array(RuleShape) });

const Duration = Type.Integer({ minimum: 1000, maximum: 86_400_000 });
export const PolicyShape = closed({
  upTo: SubstitutionUpTo,
  consent: oneOf('pre-approved', 'ask'),
  consentDefault: Type.Optional(oneOf('refund', 'accept')),
  consentMs: Type.Optional(Duration),
  waitMs: Type.Optional(Duration),
  deliverWithinMs: Type.Optional(Duration),
});
export const PoliciesFile = closed({ policies: Type.Record(Type.String(), PolicyShape) });

type BuyerRow = [string, string, Static<typeof Segment>, string];
export const BuyersFile = closed({
  buyers: Type.Array(
    Type.Unsafe<BuyerRow>({
      type: 'array',
      minItems: 4,
      maxItems: 4,
      items: [Type.String({ minLength: 1, maxLength: 80 }), Region, Segment, Type.String({ maxLength: 40 })],
    }),
  ),
});
