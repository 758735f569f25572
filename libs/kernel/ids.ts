/** Ids are data: made of the ids they belong to, so that a repeat makes the same id again and no two things share one. */
export const holdIdOf = (orderId: string, lineId: string, attempt: number, offerId: string): string =>
  `${orderId}/${lineId}/${attempt}/${offerId}`;

export const attemptIdOf = (orderId: string, lineId: string, attempt: number): string => `${orderId}/${lineId}/${attempt}`;

/** `supplierId~sku`: no slash, so that a hold's id can be taken apart at its slashes. */
export const offerIdOf = (supplierId: string, sku: string): string => `${supplierId}~${sku}`;

export interface HoldIdParts {
  readonly orderId: string;
  readonly lineId: string;
  readonly attempt: number;
  readonly offerId: string;
}

export function partsOfHoldId(holdId: string): HoldIdParts {
  const [orderId = '', lineId = '', attempt = '', offerId = ''] = holdId.split('/');
  return { orderId, lineId, attempt: Number(attempt), offerId };
}
