import type { SelectionCode } from '@midstream/selection-engine-domain';

/** How each refusal is told: what is wrong and what to do. */
export const problems: Readonly<Record<SelectionCode, { readonly status: number; readonly title: string }>> = {
  'unknown-sku': { status: 422, title: 'The product is not known' },
  'unknown-game': { status: 422, title: 'No product names this game in its attributes' },
  'too-many-goods': { status: 422, title: 'The signal is about too many goods' },
  'signal-from-the-future': { status: 422, title: 'The signal was observed in the future; check the clock that made it' },
  'signal-too-old': { status: 422, title: 'The signal is too old to say anything of today' },
  'signal-superseded': { status: 409, title: 'Something newer is known from the same source' },
  'signal-empty': { status: 422, title: 'The signal says nothing' },
  'price-implausible': { status: 422, title: 'The price is too far from ours to be believed; is it in minor units?' },
  'trial-running': { status: 409, title: 'A trial is running; end it first' },
  'trial-name-used': { status: 409, title: 'A trial had this name before; its history keeps it' },
  'trial-changes-nothing': { status: 422, title: 'The settings are those that lines are ranked by already' },
  'trial-not-found': { status: 404, title: 'No trial has this name' },
  'trial-not-running': { status: 409, title: 'The trial has ended' },
  'trial-not-champion': { status: 409, title: 'Lines are not ranked by this trial’s settings' },
  'wrong-currency': { status: 422, title: 'The currency is not that of the product' },
};
