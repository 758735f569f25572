import { createHash } from 'node:crypto';

/** What a form field may be: lists by name become `sku[名]=值`. */
export type Form = Readonly<Record<string, string | number | Readonly<Record<string, string>>>>;

/** Flat, in the order of the fields' names; what is empty is left out. */
function fieldsOf(form: Form, keepEmpty: boolean): [string, string][] {
  return Object.entries(form)
    .filter(([, value]) => keepEmpty || value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]): [string, string][] =>
      typeof value === 'object' ? Object.entries(value).map(([key, it]) => [`${name}[${key}]`, it]) : [[name, String(value)]],
    );
}

/** MD5 over `name=value` of all fields but `sign`, sorted, and the key once more behind them: the shop's own way, weak as it is. */
export function signatureOf(form: Form, appKey: string): string {
  const { sign: _, ...rest } = form;
  const text = fieldsOf(rest, false)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return createHash('md5').update(`${text}&key=${appKey}`).digest('hex');
}

/** The body of a request: the fields, who we are, and the signature. The key travels in it, so nothing may redirect it. */
export function bodyOf(form: Form, { appId, appKey }: Credentials): string {
  const whole = { ...form, app_id: appId, app_key: appKey };
  return new URLSearchParams(fieldsOf({ ...whole, sign: signatureOf(whole, appKey) }, true)).toString();
}

export interface Credentials {
  readonly appId: string;
  readonly appKey: string;
}

/** `appId:appKey`, as the supplier's token has it. */
export function credentialsOf(token: string | undefined): Credentials | undefined {
  const at = token?.indexOf(':') ?? -1;
  if (token === undefined || at <= 0 || at === token.length - 1) return undefined;
  return { appId: token.slice(0, at), appKey: token.slice(at + 1) };
}
