import { v7 as uuidv7 } from 'uuid';
import { loadMarket } from '../../deploy/sample-market/load';
import { type Profile, readMarket, SAMPLE_MARKET } from '../../deploy/sample-market/market';
import type { Home, Keys } from './home';

export const MERCHANT = 'star-mall';
/** 500,000 yuan: enough for the whole trace. */
const DEPOSIT_MINOR = 50_000_000;

/** On the first start: a merchant with its key, and the sample market, all through the public API. Repeated where it was interrupted. */
export async function firstStart(home: Home, url: string, sandboxUrl: string, say: (line: string) => void): Promise<Keys> {
  const { operatorKey } = home.secrets;
  const known = home.keys();
  const keys =
    known === undefined ? { url, sandboxUrl, operatorKey, merchantId: MERCHANT, merchantKey: '' } : { ...known, url, sandboxUrl };
  // a sandbox at another port: the suppliers' URLs are put again (loading twice changes nothing else)
  if (!home.isDone('market') || known?.sandboxUrl !== sandboxUrl) {
    await loadMarket(readMarket(SAMPLE_MARKET, { profile: profileOf(process.env['MIDSTREAM_MARKET'] ?? 'full') }), {
      url,
      operatorKey,
      merchantId: MERCHANT,
      depositMinor: DEPOSIT_MINOR,
      sandboxUrl,
      onProgress: progressLine(say),
    });
    home.markDone('market');
  }
  const whole = keys.merchantKey === '' ? { ...keys, merchantKey: await makeMerchantKey(url, operatorKey) } : keys;
  home.saveKeys(whole);
  return whole;
}

async function makeMerchantKey(url: string, operatorKey: string): Promise<string> {
  const answer = await fetch(`${url}/v1/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json', 'idempotency-key': uuidv7() },
    body: JSON.stringify({ scope: 'merchant', merchantId: MERCHANT }),
  });
  const body = (await answer.json()) as { readonly secret?: string };
  if (body.secret === undefined) throw new Error(`no merchant key was made: ${answer.status} ${JSON.stringify(body)}`);
  return body.secret;
}

/** MIDSTREAM_MARKET: `full` (unless said), or `small`, the quick start's twenty products. */
function profileOf(market: string): Profile {
  if (market === 'full' || market === 'small') return market;
  throw new Error(`MIDSTREAM_MARKET is ${market}: full or small`);
}

/** On a terminal one line that moves; elsewhere a line for each tenth. */
function progressLine(
  say: (line: string) => void,
): (progress: { readonly what: string; readonly done: number; readonly total: number }) => void {
  let told = -1;
  return ({ what, done, total }) => {
    const text = `  sample market: ${done} of ${total} (${what})`;
    if (process.stdout.isTTY) {
      process.stdout.write(`\r${text.padEnd(60)}${done === total ? '\n' : ''}`);
      return;
    }
    const tenth = Math.floor((done * 10) / total);
    if (tenth > told) say(text);
    told = Math.max(told, tenth);
  };
}
