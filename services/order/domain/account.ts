import { type Decision, reject } from '@midstream/kernel';
import { ACCOUNT_MAX_MINOR, DEPOSIT_MAX_MINOR } from './limits';
import type { CreateKey, DepositMoney, EraseBuyer, OrderCode, OrderEvent, PutMerchant, RevokeKey, TellMerchant } from './messages';
import type { Merchant, Rows } from './state';

type Decided = Decision<OrderEvent, OrderCode>;

/** Makes or changes a merchant; its account comes with it, and keeps its currency. */
export function putMerchant({ merchant, at }: PutMerchant, rows: Rows): Decided {
  const known = rows.merchants[merchant.merchantId];
  if (known !== undefined && known.currency !== merchant.currency)
    return reject('merchant-currency-is-fixed', { currency: known.currency });
  const { name, status, tier, mayWaiveMarginFloor } = merchant;
  const isSame =
    known?.name === name && known.status === status && known.tier === tier && known.mayWaiveMarginFloor === mayWaiveMarginFloor;
  const isTold = known?.told !== undefined && known.tier === tier;
  return [...(isSame ? [] : [{ type: 'MerchantPut', merchant } as const]), ...(isTold ? [] : [stateOf(merchant, known?.told, at)])];
}

/** Once: what changes later is told when it does. */
export function tellMerchant({ merchantId, at }: TellMerchant, rows: Rows): Decided {
  const known = rows.merchants[merchantId];
  return known === undefined || known.told !== undefined ? [] : [stateOf(known, known.told, at)];
}

/** Its time is its version: it grows, also where a replica of before has left no trace of the last one in the row. */
const stateOf = ({ merchantId, tier }: Merchant, told = 0, at: number): OrderEvent => ({
  type: 'MerchantState',
  merchantId,
  version: Math.max(at, told + 1),
  ...(tier !== undefined && { tier }),
});

export function depositMoney({ merchantId, amountMinor, currency, reference }: DepositMoney, rows: Rows): Decided {
  const account = rows.accounts[merchantId];
  if (account === undefined) return reject('unknown-merchant', { merchantId });
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 1 || amountMinor > DEPOSIT_MAX_MINOR)
    return reject('amount-out-of-range', { least: 1, most: DEPOSIT_MAX_MINOR });
  if (currency !== account.currency) return reject('wrong-currency', { currency, expected: account.currency });
  if (account.availableMinor + account.heldMinor + amountMinor > ACCOUNT_MAX_MINOR)
    return reject('account-full', { most: ACCOUNT_MAX_MINOR });
  const entries = [
    { account: 'deposits', amountMinor: -amountMinor },
    { account: 'merchant-available', amountMinor },
  ] as const;
  return [{ type: 'MoneyMoved', merchantId, why: 'deposited', ...(reference !== undefined && { reference }), currency, entries }];
}

/** Says so as often as it is asked: whoever hears it has nothing left to forget the second time. */
export const eraseBuyer = ({ merchantId, buyerKey }: EraseBuyer, rows: Rows): Decided =>
  rows.merchants[merchantId] === undefined ? reject('unknown-merchant', { merchantId }) : [{ type: 'BuyerErased', merchantId, buyerKey }];

/** Of a key only its hash is known here; it travels to all services (protocol 32). */
export function createKey({ keyId, hash, scope, merchantId, supplierId }: CreateKey, rows: Rows): Decided {
  if (rows.keys[keyId] !== undefined) return [];
  const owner = scope === 'merchant' ? merchantId : scope === 'supplier' ? supplierId : keyId;
  if (owner === undefined) return reject('key-owner-missing', { scope });
  if (scope === 'merchant' && rows.merchants[owner] === undefined) return reject('unknown-merchant', { merchantId: owner });
  const of = { ...(scope === 'merchant' && { merchantId }), ...(scope === 'supplier' && { supplierId }) };
  return [{ type: 'ApiKeyState', keyId, version: 1, hash, scope, ...of, revoked: false }];
}

export function revokeKey({ keyId }: RevokeKey, rows: Rows): Decided {
  const key = rows.keys[keyId];
  if (key === undefined) return reject('key-not-found', { keyId });
  return key.revoked ? [] : [{ type: 'ApiKeyState', ...key, version: key.version + 1, revoked: true }];
}
