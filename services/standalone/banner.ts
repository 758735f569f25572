import type { Keys } from './home';

/** What a person sees when all of it is ready: where it is, with which keys, and a first order to paste. */
export function banner({ url, sandboxUrl, operatorKey, merchantKey }: Keys, dir: string, seconds: number): string {
  const order = {
    clientReference: 'hello-1',
    buyer: { reference: 'b-1', region: 'CN-31', segment: 'retail', tier: 'standard', scenario: 'general' },
    lines: [
      {
        lineId: '1',
        need: { sku: 'video-vip-month' },
        quantity: 1,
        maxUnitPriceMinor: 2600,
        currency: 'CNY',
        substitution: { upTo: 'same-category', consent: 'pre-approved' },
      },
    ],
  };
  return `
Midstream is ready (${seconds.toFixed(1)} s)

  API         ${url}/v1        docs ${url}/docs        metrics ${url}/metrics
  suppliers   ${sandboxUrl}    (a sandbox that plays all of them; docs ${sandboxUrl}/docs)
  data        ${dir}           (keys.json holds the keys below, mode 0600)

  operator    ${operatorKey}
  merchant    ${merchantKey}

Place an order, and watch it:

  curl -s ${url}/v1/orders -H 'authorization: Bearer ${merchantKey}' -H 'idempotency-key: hello-1' -H 'content-type: application/json' \\
    -d '${JSON.stringify(order)}'
  curl -N ${url}/v1/orders/stream -H 'authorization: Bearer ${merchantKey}'

Run suppliers dry in the middle of it:  npm run drill
Stop with Ctrl-C.
`;
}
