import type { InventoryCode } from '@midstream/inventory-domain';
import type { ServiceDefinition } from '@midstream/runtime';

/** How each refusal is told. */
export const problems: ServiceDefinition<never, never, never, never, InventoryCode>['problems'] = {
  'unknown-product': { status: 422, title: 'The product is not known; put it first' },
  'unknown-supplier': { status: 404, title: 'The supplier is not known' },
  'unknown-offer': { status: 404, title: 'The supplier has no offer of this product' },
  'unknown-purchase': { status: 404, title: 'There is no such procurement order' },
  'foreign-offer': { status: 403, title: 'The offer is another supplier’s' },
  'stale-report': { status: 409, title: 'A report with this sequence, or a higher one, is known already' },
  'vault-refuses-feeds': { status: 409, title: 'A vault counts its own codes; import them instead' },
  'not-a-vault': { status: 409, title: 'Codes are imported into offers of a vault; this supplier is bought from' },
  'supplier-kind-is-fixed': { status: 409, title: 'A supplier stays a vault, or stays bought from' },
  'product-kind-is-fixed': { status: 409, title: 'A product that has offers keeps its kind' },
  'base-url-missing': { status: 422, title: 'A supplier that is bought from over HTTP has a baseUrl' },
  'supplier-reserved': { status: 409, title: 'This name is the hub’s own vault' },
  'unknown-rate': { status: 422, title: 'There is no rate of exchange between the offer’s currency and the product’s; tell it first' },
  'wrong-rate': { status: 422, title: 'A rate is between two currencies' },
  'stale-rate': { status: 409, title: 'A newer rate is known' },
  'rate-from-the-future': { status: 422, title: 'The rate was seen at a time that has not come yet' },
  'wrong-validity': { status: 422, title: 'validFrom is before validUntil' },
  'wrong-denomination': { status: 422, title: 'The product’s face value is none of the offer’s' },
  'wrong-currency': { status: 422, title: 'The currency is not the product’s' },
  'wrong-tiers': { status: 422, title: 'Cost tiers ascend by `from`, and the first is from 1' },
  'double-rule': { status: 422, title: 'There are two mark-up rules of one category, currency and tier' },
  'too-many-tiers': { status: 422, title: 'The mark-up rules name too many tiers of merchants' },
  'wrong-cap': { status: 422, title: 'A cap is of one SKU (of one supplier, where it is named), or of one category' },
  'double-cap': { status: 422, title: 'There are two caps that count the same' },
  'too-many-ruled': { status: 409, title: 'No more products can follow mark-up rules' },
  'wrong-quantities': { status: 422, title: 'minQuantity is not above maxQuantity' },
  'purchase-is-settled': { status: 409, title: 'The outcome of this procurement order is known' },
  'purchase-not-unknown': { status: 409, title: 'The supplier may still answer; what is being submitted cannot be written off' },
};
